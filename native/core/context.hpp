#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "hooks.hpp"
#include "model.hpp"
#include "plan.hpp"
#include "sampler.hpp"

namespace nir {

struct ContextOptions {
  uint32_t cells = 4096;     // of the KV cache, shared by all sequences
  uint32_t batch_size = 512;  // rows a decode may have
  uint32_t sequences = 64;  // also the most rows of one decode whose logits may be asked for
  int32_t threads = 1;
  bool flash_attention = true;
  bool f32_cache = false;
};

/// The rows of one decode. All vectors have one entry a row.
struct Batch {
  std::vector<llama_token> tokens;
  std::vector<int32_t> positions;
  std::vector<int32_t> sequences;
  std::vector<int32_t> plans;     // id of a defined plan, or -1
  std::vector<int32_t> samplers;  // id of a defined sampler, -1: no output, -2: logits only
  std::vector<int32_t> capture_layers;
  int32_t overwrite_layer = -1;  // the input of this layer is replaced by `overwrite`
  std::vector<float> overwrite;  // [rows, hidden size]
  bool record_context = false;   // the rows (of one sequence) are a context that plans may name
  bool want_logits = false;      // copy the logits of the output rows

  size_t rows() const { return positions.size(); }
};

struct Decoded {
  std::vector<Sampled> sampled;                // one an output row with a sampler
  std::vector<float> logits;                   // [output rows, vocabulary size] when asked for
  std::vector<std::vector<float>> captured;    // one a capture layer: [rows, hidden size]
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
  /// Throws INVALID_BATCH, CACHE_FULL, DECODE_FAILED, ABORTED, INTERVENTION_MISSED, NON_FINITE_LOGITS.
  Decoded decode(const Batch& batch);
  /// Throws UNSUPPORTED_ARCHITECTURE unless the input and the attention of every layer can be seen.
  void probe();
  uint32_t cell_count() const;
  /// May be called from another thread: a decode that runs, or is about to, throws ABORTED as soon as it can.
  void abort() { aborted_ = true; }
  /// Forgets an earlier abort. To be called where the next decode is asked for.
  void clear_abort() { aborted_ = false; }

 private:
  void validate(const Batch& batch) const;
  void run(const Batch& batch, Interventions& work);

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
