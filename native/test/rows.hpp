#pragma once
#include <core/batch.hpp>

#include <vector>

/// Appends one row for each token to a batch: consecutive positions of one sequence, all under the same plan.
inline void append(nir::Batch& batch, const std::vector<llama_token>& tokens, int32_t sequence, int32_t first_position,
                   int32_t plan = -1) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    batch.tokens.push_back(tokens[i]);
    batch.positions.push_back(first_position + static_cast<int32_t>(i));
    batch.sequences.push_back(sequence);
    batch.plans.push_back(plan);
    batch.samplers.push_back(-1);
  }
}

/// Asks for the last row's logits, and with a sampler's id for a token drawn from them.
inline void output_last(nir::Batch& batch, int32_t sampler = -1) {
  batch.logit_rows.push_back(static_cast<int32_t>(batch.rows()) - 1);
  batch.samplers.back() = sampler;
}
