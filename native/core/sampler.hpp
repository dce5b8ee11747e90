#pragma once
#include <llama.h>

#include <cstdint>
#include <vector>

namespace nir {

struct Sampling {
  float temperature = 0;  // 0 or nearly: greedy
  int32_t top_k = 0;      // ≤ 0: off
  float top_p = 1;        // ≥ 1: off
  float min_p = 0;        // ≤ 0: off
  uint32_t seed = 0;
};

/// A drawn token. The figures are of the model's own distribution (temperature 1, nothing cut), in nats.
struct Sampled {
  llama_token token;      // -1: the logits are not finite
  float log_probability;  // of the token
  float entropy;          // of the distribution
};

/// llama.cpp's sampler chain with a random state of its own, so that draws depend on nothing but the seed.
class Sampler {
 public:
  explicit Sampler(const Sampling& sampling);
  ~Sampler();
  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;
  Sampled sample(const float* logits, int32_t vocabulary_size);

 private:
  llama_sampler* chain_ = nullptr;  // none: greedy
  std::vector<llama_token_data> candidates_;
};

}  // namespace nir
