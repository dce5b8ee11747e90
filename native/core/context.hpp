#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "batch.hpp"
#include "hooks.hpp"
#include "model.hpp"
#include "plan.hpp"
#include "sampler.hpp"

namespace nir {

struct ContextOptions {
  uint32_t cells = 4096;     // of the KV cache, shared by all sequences
  uint32_t batch_size = 512;  // rows a decode may have
  uint32_t sequences = 128;   // also the most output rows (a sampler or logits) of one decode
  int32_t threads = 1;
  bool flash_attention = true;
  bool f32_cache = false;
};

/// A llama.cpp context with one unified KV cache, in which sequences can be made to see each other's cells from a
/// chosen layer on. Not thread-safe: one decode at a time.
class Context {
 public:
  Context(std::shared_ptr<Model> model, const ContextOptions& options);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  int32_t define_plan(Plan plan);
  int32_t define_sampler(const Sampling& sampling);
  void release_plan(int32_t id);
  void release_sampler(int32_t id);
  void remove_sequence(int32_t sequence);
  /// Forgets every sequence, so that the next rows go to the cache's first cells.
  void clear();
  /// When it throws, the cache is as before. Throws INVALID_BATCH, CACHE_FULL, DECODE_FAILED, ABORTED,
  /// INTERVENTION_MISSED, INTERVENTION_FAILED.
  Decoded decode(const Batch& batch);
  /// Throws UNSUPPORTED_ARCHITECTURE unless the input and the attention of every layer can be seen. Empties the cache.
  void probe();
  uint32_t cell_count() const;
  size_t hidden_size() const { return static_cast<size_t>(model_->hidden_size()); }
  /// May be called from another thread: a decode that runs, or is about to, throws ABORTED as soon as it can.
  void abort() { aborted_ = true; }
  /// Forgets an earlier abort. To be called where the next decode is asked for.
  void clear_abort() { aborted_ = false; }

 private:
  void validate(const Batch& batch) const;
  void run(const Batch& batch);
  void learn_embedding();
  void roll_back(const Batch& batch);

  const std::shared_ptr<Model> model_;
  const ContextOptions options_;
  Hooks hooks_;
  Hooks::Cells cells_;
  std::vector<std::unique_ptr<Plan>> plans_;
  std::vector<std::unique_ptr<Sampler>> samplers_;
  llama_context* context_ = nullptr;
  ggml_threadpool* threadpool_ = nullptr;
  std::atomic<bool> aborted_{false};
};

}  // namespace nir
