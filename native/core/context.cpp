#include "context.hpp"

#include "error.hpp"
#include "library.hpp"

namespace nir {
namespace {

/// Puts an item into the first free place of a table and returns its index.
template <typename T>
int32_t store(std::vector<std::unique_ptr<T>>& table, std::unique_ptr<T> item) {
  for (size_t i = 0; i < table.size(); ++i) {
    if (table[i]) continue;
    table[i] = std::move(item);
    return static_cast<int32_t>(i);
  }
  table.push_back(std::move(item));
  return static_cast<int32_t>(table.size()) - 1;
}

template <typename T>
T* find(const std::vector<std::unique_ptr<T>>& table, int32_t id) {
  return id >= 0 && static_cast<size_t>(id) < table.size() ? table[static_cast<size_t>(id)].get() : nullptr;
}

template <typename T>
void release(std::vector<std::unique_ptr<T>>& table, int32_t id) {
  if (find(table, id)) table[static_cast<size_t>(id)].reset();
}

}  // namespace

Context::Context(std::shared_ptr<Model> model, const ContextOptions& options)
    : model_(std::move(model)), options_(options), hooks_(model_->layer_count(), model_->hidden_size()) {
  const Library& lib = library();
  llama_context_params params = lib.llama_context_default_params();
  params.n_ctx = options.cells;
  params.n_batch = options.batch_size;
  params.n_ubatch = options.batch_size;  // so that one decode is one pass of the graph
  params.n_seq_max = options.sequences;
  params.n_outputs_max = options.sequences;
  params.n_threads = options.threads;
  params.n_threads_batch = options.threads;
  params.flash_attn_type = options.flash_attention ? LLAMA_FLASH_ATTN_TYPE_ENABLED : LLAMA_FLASH_ATTN_TYPE_DISABLED;
  params.type_k = params.type_v = options.f32_cache ? GGML_TYPE_F32 : GGML_TYPE_F16;
  params.kv_unified = true;
  params.no_perf = true;
  params.cb_eval = &Hooks::callback;
  params.cb_eval_user_data = &hooks_;
  params.abort_callback = [](void* flag) { return static_cast<std::atomic<bool>*>(flag)->load(); };
  params.abort_callback_data = &aborted_;
  try {
    context_ = lib.llama_init_from_model(model_->get(), params);
  } catch (const std::exception& error) {
    throw Error("CONTEXT_FAILED", std::string("llama.cpp cannot create a context: ") + error.what() + ".");
  }
  if (!context_)
    throw Error("CONTEXT_FAILED", "llama.cpp cannot create a context of " + std::to_string(options.cells) + " cells.");
  if (lib.threadpool_new) {
    ggml_threadpool_params pool = lib.ggml_threadpool_params_default(options.threads);
    threadpool_ = lib.threadpool_new(&pool);
    if (threadpool_) lib.llama_attach_threadpool(context_, threadpool_, threadpool_);
  }
}

Context::~Context() {
  const Library& lib = library();
  if (threadpool_) lib.llama_detach_threadpool(context_);
  lib.llama_free(context_);
  if (threadpool_) lib.threadpool_free(threadpool_);
}

uint32_t Context::cell_count() const { return library().llama_n_ctx(context_); }

int32_t Context::define_plan(Plan plan) {
  for (const auto& visibility : plan.visible)
    if (visibility.from < 0 || visibility.from > visibility.until || visibility.until > model_->layer_count())
      throw Error("INVALID_PLAN", "A plan's window of layers is out of range.");
  for (const auto& addition : plan.additions)
    if (addition.layer < 0 || addition.layer >= model_->layer_count() ||
        addition.vector.size() != static_cast<size_t>(model_->hidden_size()))
      throw Error("INVALID_PLAN", "An added vector has the wrong layer or length.");
  return store(plans_, std::make_unique<Plan>(std::move(plan)));
}

int32_t Context::define_sampler(const Sampling& sampling) {
  return store(samplers_, std::make_unique<Sampler>(sampling));
}

void Context::release_plan(int32_t id) { release(plans_, id); }
void Context::release_sampler(int32_t id) { release(samplers_, id); }

void Context::remove_sequence(int32_t sequence) {
  if (sequence < 0 || sequence >= static_cast<int32_t>(options_.sequences)) return;
  const Library& lib = library();
  lib.llama_memory_seq_rm(lib.llama_get_memory(context_), sequence, -1, -1);
  cells_.erase(sequence);
}

void Context::validate(const Batch& batch) const {
  const size_t rows = batch.rows();
  const size_t hidden = static_cast<size_t>(model_->hidden_size());
  const auto invalid = [](const std::string& what) { throw Error("INVALID_BATCH", what); };
  if (rows == 0 || rows > options_.batch_size) invalid("A decode takes 1 to " + std::to_string(options_.batch_size) + " rows.");
  if (batch.tokens.size() != rows || batch.sequences.size() != rows || batch.plans.size() != rows || batch.samplers.size() != rows)
    invalid("The columns of a batch differ in length.");
  for (llama_token token : batch.tokens)
    if (token < 0 || token >= model_->vocabulary_size()) invalid("Token " + std::to_string(token) + " is not in the vocabulary.");
  size_t outputs = 0;
  for (size_t row = 0; row < rows; ++row) {
    if (batch.sequences[row] < 0 || batch.sequences[row] >= static_cast<int32_t>(options_.sequences)) invalid("A sequence id is out of range.");
    if (batch.positions[row] < 0) invalid("A position is negative.");
    if (batch.plans[row] >= 0 && !find(plans_, batch.plans[row])) invalid("A plan is not defined.");
    if (batch.samplers[row] >= 0 && !find(samplers_, batch.samplers[row])) invalid("A sampler is not defined.");
    if (batch.samplers[row] != -1) ++outputs;
  }
  if (outputs > options_.sequences) invalid("A decode has at most " + std::to_string(options_.sequences) + " output rows.");
  for (int32_t layer : batch.capture_layers)
    if (layer < 0 || layer >= model_->layer_count()) invalid("A capture layer is out of range.");
  if (batch.overwrite_layer >= 0 &&
      (batch.overwrite_layer >= model_->layer_count() || batch.overwrite.size() != rows * hidden))
    invalid("The hidden states to write have the wrong layer or shape.");
}

void Context::run(const Batch& batch, Interventions& work) {
  const size_t rows = batch.rows();
  std::vector<int32_t> sequence_counts(rows, 1);
  std::vector<llama_seq_id> sequences(batch.sequences.begin(), batch.sequences.end());
  std::vector<llama_seq_id*> sequence_pointers(rows);
  std::vector<int8_t> outputs(rows);
  std::vector<llama_pos> positions(batch.positions.begin(), batch.positions.end());
  for (size_t row = 0; row < rows; ++row) {
    sequence_pointers[row] = &sequences[row];
    outputs[row] = batch.samplers[row] != -1;
  }
  llama_batch raw = {};
  raw.n_tokens = static_cast<int32_t>(rows);
  raw.token = const_cast<llama_token*>(batch.tokens.data());
  raw.pos = positions.data();
  raw.n_seq_id = sequence_counts.data();
  raw.seq_id = sequence_pointers.data();
  raw.logits = outputs.data();

  hooks_.begin(&work, &cells_);
  int32_t status = -1;
  std::string reason;
  try {
    status = library().llama_decode(context_, raw);
    library().llama_synchronize(context_);
  } catch (const std::exception& error) {
    reason = std::string(": ") + error.what();
  }
  if (status != 0) {
    try {
      hooks_.finish();
    } catch (const Error& error) {
      if (error.code == "INTERVENTION_FAILED") throw;
    }
    if (aborted_) throw Error("ABORTED", "The decode was aborted.");
    if (status == 1) throw Error("CACHE_FULL", "The KV cache of " + std::to_string(cell_count()) + " cells is full.");
    throw Error("DECODE_FAILED", "llama.cpp could not decode a batch of " + std::to_string(rows) + " rows (status " +
                                     std::to_string(status) + ")" + reason + ".");
  }
  hooks_.finish();
}

Decoded Context::decode(const Batch& batch) {
  validate(batch);
  const size_t rows = batch.rows();
  Decoded decoded;
  Interventions work;
  work.row_plans.reserve(rows);
  for (int32_t id : batch.plans) work.row_plans.push_back(find(plans_, id));
  for (int32_t layer : batch.capture_layers) {
    if (!work.capture_layers.insert(layer).second) continue;
    decoded.captured.emplace_back(rows * static_cast<size_t>(model_->hidden_size()));
    work.captured[layer] = decoded.captured.back().data();
  }
  if (batch.overwrite_layer >= 0) {
    work.overwrite_layer = batch.overwrite_layer;
    work.overwrite = batch.overwrite.data();
  }
  work.record_cells = batch.record_context;

  run(batch, work);

  if (batch.record_context) {
    auto& cells = cells_[batch.sequences.front()];
    cells.insert(cells.end(), hooks_.recorded_cells().begin(), hooks_.recorded_cells().end());
  }
  const int32_t vocabulary = model_->vocabulary_size();
  for (size_t row = 0; row < rows; ++row) {
    if (batch.samplers[row] == -1) continue;
    const float* logits = library().llama_get_logits_ith(context_, static_cast<int32_t>(row));
    if (!logits) throw Error("DECODE_FAILED", "llama.cpp returned no logits.");
    if (batch.want_logits) decoded.logits.insert(decoded.logits.end(), logits, logits + vocabulary);
    if (Sampler* sampler = find(samplers_, batch.samplers[row])) decoded.sampled.push_back(sampler->sample(logits, vocabulary));
  }
  return decoded;
}

void Context::probe() {
  const int32_t layers = model_->layer_count();
  Batch batch;
  batch.tokens = {0, 0};
  batch.positions = {0, 1};
  batch.sequences = {0, 0};
  batch.plans = {-1, -1};
  batch.samplers = {-1, -1};
  batch.record_context = true;
  const auto unsupported = [](const Error& error) {
    return Error("UNSUPPORTED_ARCHITECTURE", std::string("The model's layers cannot be seen: ") + error.what());
  };
  int32_t plan = -1;
  try {
    decode(batch);
    Plan every_layer;
    for (int32_t layer = 0; layer < layers; ++layer) {
      every_layer.visible.push_back({0, layer, layer + 1});
      batch.capture_layers.push_back(layer);
    }
    plan = define_plan(std::move(every_layer));
    batch.record_context = false;
    batch.positions = {2, 3};
    batch.sequences = {1, 1};
    batch.plans = {plan, plan};
    decode(batch);
  } catch (const Error& error) {
    release_plan(plan);
    throw unsupported(error);
  }
  release_plan(plan);
  remove_sequence(0);
  remove_sequence(1);
}

}  // namespace nir
