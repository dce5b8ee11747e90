#pragma once
#include <llama.h>

#include <cstdint>
#include <vector>

#include "sampler.hpp"

namespace nir {

/// The hidden states of `count` rows at the input of decoder layer `layer` are written to `target`
/// ([count, hidden size]), which must live until the decode has ended.
struct Capture {
  int32_t row;
  int32_t count;
  int32_t layer;
  float* target;
};

/// The input of decoder layer `layer` of `count` rows is replaced by `source` ([count, hidden size]). The layer after
/// the last one stands for the final norm: its rows must be outputs.
struct Overwrite {
  int32_t row;
  int32_t count;
  int32_t layer;
  const float* source;
};

/// The rows of one decode. The columns have one entry a row.
struct Batch {
  std::vector<llama_token> tokens;
  std::vector<int32_t> positions;
  std::vector<int32_t> sequences;
  std::vector<int32_t> plans;     // id of a defined plan, or -1
  std::vector<int32_t> samplers;  // id of a defined sampler, or -1
  std::vector<Capture> captures;
  std::vector<Overwrite> overwrites;
  std::vector<int32_t> recorded;        // sequences whose cells are remembered, so that plans may name them
  std::vector<int32_t> logit_rows;      // rows whose logits are copied, ascending
  std::vector<int32_t> attention_rows;  // rows whose attention to the contexts of their plan is summed, ascending

  size_t rows() const { return positions.size(); }
};

struct Decoded {
  std::vector<Sampled> sampled;  // one a row with a sampler
  std::vector<float> logits;     // [logit rows, vocabulary size]
  std::vector<float> attention;  // [attention rows, layers, heads]: share of attention that context cells get
};

}  // namespace nir
