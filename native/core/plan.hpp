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

/// What happens to a row's hidden state at the input of decoder layer `layer`, for positions `first` ≤ p < `last`.
struct Edit {
  int32_t layer;
  int32_t first;
  int32_t last;
  bool replace;               // else added to what is there
  std::vector<float> values;  // hidden size floats for every position, or [last − first, hidden size]
};

/// RoPE positions ≥ `first` are moved by `amount` in decoder layers `from` ≤ layer < `until`.
struct Shift {
  int32_t from;
  int32_t until;
  int32_t first;
  int32_t amount;
};

/// What is done to the rows of a sequence on their way through the layers. Rows of one batch may have different plans.
struct Plan {
  std::vector<Visibility> visible;
  std::vector<Edit> edits;  // applied in this order
  std::vector<Shift> shifts;
};

}  // namespace nir
