#include "sampler.hpp"

#include <cmath>

#include "library.hpp"

namespace nir {

Sampler::Sampler(const Sampling& sampling) {
  if (sampling.temperature < 1e-4f) return;  // so small a divisor only overflows: greedy
  const Library& lib = library();
  chain_ = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params());
  if (sampling.top_k > 0) lib.llama_sampler_chain_add(chain_, lib.llama_sampler_init_top_k(sampling.top_k));
  if (sampling.top_p < 1) lib.llama_sampler_chain_add(chain_, lib.llama_sampler_init_top_p(sampling.top_p, 1));
  if (sampling.min_p > 0) lib.llama_sampler_chain_add(chain_, lib.llama_sampler_init_min_p(sampling.min_p, 1));
  lib.llama_sampler_chain_add(chain_, lib.llama_sampler_init_temp(sampling.temperature));
  lib.llama_sampler_chain_add(chain_, lib.llama_sampler_init_dist(sampling.seed));
}

Sampler::~Sampler() {
  if (chain_) library().llama_sampler_free(chain_);
}

Sampled Sampler::sample(const float* logits, int32_t vocabulary_size) {
  llama_token best = 0;
  for (llama_token token = 1; token < vocabulary_size; ++token)
    if (logits[token] > logits[best]) best = token;
  double total = 0;
  double weighted = 0;
  for (llama_token token = 0; token < vocabulary_size; ++token) {
    const double below = double(logits[token]) - logits[best];
    const double weight = std::exp(below);
    total += weight;
    if (weight > 0) weighted += weight * below;
  }
  if (!std::isfinite(total)) return {-1, 0, 0};
  const double log_total = std::log(total);

  llama_token chosen = best;
  if (chain_) {
    candidates_.resize(static_cast<size_t>(vocabulary_size));
    for (llama_token token = 0; token < vocabulary_size; ++token)
      candidates_[static_cast<size_t>(token)] = {token, logits[token], 0};
    llama_token_data_array list = {candidates_.data(), candidates_.size(), -1, false};
    library().llama_sampler_apply(chain_, &list);
    chosen = list.data[list.selected].id;
  }
  return {chosen, static_cast<float>(double(logits[chosen]) - logits[best] - log_total),
          static_cast<float>(log_total - weighted / total)};
}

}  // namespace nir
