#pragma once
#include <cstdint>
#include <vector>

namespace nir {

/// The rows of sequence `context` are seen in decoder layers `from` ≤ layer < `until`.
struct Visibility {
  int32_t context;
  int32_t from;
  int32_t until;
};

/// `vector` (hidden size floats, already scaled) is added to the input of decoder layer `layer`.
struct Addition {
  int32_t layer;
  std::vector<float> vector;
};

/// What is done to a row of a batch on its way through the layers. Rows of one batch may have different plans.
struct Plan {
  std::vector<Visibility> visible;
  std::vector<Addition> additions;
  /// RoPE positions are moved by `shift` in decoder layers ≥ `shift_from` (0: not at all).
  int32_t shift = 0;
  int32_t shift_from = 0;
};

}  // namespace nir
