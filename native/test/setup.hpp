#pragma once
#include <core/context.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "rows.hpp"

using Tokens = std::vector<llama_token>;
using Floats = std::vector<float>;

/// What the program was given: the tiny model of the golden cases, and a model with a tokenizer ("" for none).
struct Setup {
  std::shared_ptr<nir::Model> model;
  std::string model_path;
  std::string text_model_path;
};
inline Setup& setup() {
  static Setup one;
  return one;
}

/// F32 cache, no flash attention: what can be computed alike is alike to the last bit.
inline nir::ContextOptions exact_options() {
  nir::ContextOptions options;
  options.cells = 256;
  options.batch_size = 64;
  options.sequences = 16;
  options.flash_attention = false;
  options.f32_cache = true;
  return options;
}

/// A context over the tiny model.
struct Fixture {
  explicit Fixture(const nir::ContextOptions& options = exact_options())
      : context(setup().model, options), layers(setup().model->layer_count()), hidden(context.hidden_size()) {}
  nir::Context context;
  const int32_t layers;
  const size_t hidden;
};

/// `count` tokens that depend on the seed alone.
inline Tokens some_tokens(size_t count, uint32_t seed) {
  Tokens tokens;
  for (size_t i = 0; i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    tokens.push_back(static_cast<llama_token>((seed >> 8) % static_cast<uint32_t>(setup().model->vocabulary_size())));
  }
  return tokens;
}

inline Floats some_floats(size_t count, uint32_t seed) {
  Floats values;
  for (size_t i = 0; i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    values.push_back(static_cast<float>(seed >> 8) / 16777216.0f - 0.5f);
  }
  return values;
}

inline nir::Batch rows(const Tokens& tokens, int32_t sequence, int32_t position, int32_t plan = -1) {
  nir::Batch batch;
  append(batch, tokens, sequence, position, plan);
  return batch;
}

/// Decodes rows and gives the last one's logits.
inline Floats last_logits(nir::Context& context, const Tokens& tokens, int32_t sequence, int32_t position, int32_t plan = -1) {
  nir::Batch batch = rows(tokens, sequence, position, plan);
  output_last(batch);
  return context.decode(batch).logits;
}

/// Decodes a context whose cells are recorded.
inline void record(nir::Context& context, const Tokens& tokens, int32_t sequence, int32_t position, int32_t plan = -1) {
  nir::Batch batch = rows(tokens, sequence, position, plan);
  batch.recorded = {sequence};
  context.decode(batch);
}

/// The largest difference, as a share of the largest value.
inline double difference(const Floats& a, const Floats& b) {
  if (a.size() != b.size() || a.empty()) return std::numeric_limits<double>::infinity();
  double most = 0, largest = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a[i]) || !std::isfinite(b[i])) return std::numeric_limits<double>::infinity();
    most = std::max(most, std::abs(double(a[i]) - b[i]));
    largest = std::max(largest, std::abs(double(b[i])));
  }
  return most / largest;
}

/// Equal but for the order in which a kernel adds up.
inline bool close(const Floats& a, const Floats& b) { return difference(a, b) < 1e-5; }

inline Tokens operator+(Tokens a, const Tokens& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline nir::Plan seeing(int32_t sequence, int32_t from, int32_t until) {
  nir::Plan plan;
  plan.visible.push_back({sequence, from, until});
  return plan;
}
