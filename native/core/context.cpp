#include "context.hpp"

#include <algorithm>
#include <map>

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
  params.swa_full = true;  // a window must not make the cache forget what arms still see
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
  const int32_t layers = model_->layer_count();
  const size_t hidden = hidden_size();
  const auto invalid = [](const char* what) { throw Error("INVALID_PLAN", what); };
  const auto in_range = [&](int32_t from, int32_t until) { return from >= 0 && from <= until && until <= layers; };
  for (const auto& visibility : plan.visible)
    if (!in_range(visibility.from, visibility.until)) invalid("A plan's window of layers is out of range.");
  for (const auto& shift : plan.shifts)
    if (!in_range(shift.from, shift.until)) invalid("A plan's moved positions have layers out of range.");
  for (const auto& edit : plan.edits) {
    if (edit.layer < 0 || edit.layer >= layers || edit.first < 0 || edit.first >= edit.last)
      invalid("A plan's edit has a layer or positions out of range.");
    if (edit.values.size() != hidden && edit.values.size() != hidden * static_cast<size_t>(edit.last - edit.first))
      invalid("A plan's edit has the wrong number of values.");
  }
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

void Context::clear() {
  const Library& lib = library();
  lib.llama_memory_clear(lib.llama_get_memory(context_), false);
  cells_.clear();
}

void Context::validate(const Batch& batch) const {
  const size_t rows = batch.rows();
  const int32_t layers = model_->layer_count();
  const auto invalid = [](const std::string& what) { throw Error("INVALID_BATCH", what); };
  const size_t most = std::min(options_.batch_size, cell_count());
  if (rows == 0 || rows > most) invalid("A decode takes 1 to " + std::to_string(most) + " rows.");
  if (batch.tokens.size() != rows || batch.sequences.size() != rows || batch.plans.size() != rows || batch.samplers.size() != rows)
    invalid("The columns of a batch differ in length.");
  for (llama_token token : batch.tokens)
    if (token < 0 || token >= model_->vocabulary_size()) invalid("Token " + std::to_string(token) + " is not in the vocabulary.");
  std::vector<bool> outputs(rows);
  for (size_t row = 0; row < rows; ++row) {
    if (batch.sequences[row] < 0 || batch.sequences[row] >= static_cast<int32_t>(options_.sequences)) invalid("A sequence id is out of range.");
    if (batch.positions[row] < 0) invalid("A position is negative.");
    // What a failing decode removes begins at its first position, so nothing older may lie there.
    if (batch.positions[row] <= library().llama_memory_seq_pos_max(library().llama_get_memory(context_), batch.sequences[row]))
      invalid("Position " + std::to_string(batch.positions[row]) + " of sequence " + std::to_string(batch.sequences[row]) +
              " does not follow those in the cache.");
    if (batch.plans[row] >= 0 && !find(plans_, batch.plans[row])) invalid("A plan is not defined.");
    if (batch.samplers[row] >= 0 && !find(samplers_, batch.samplers[row])) invalid("A sampler is not defined.");
    outputs[row] = batch.samplers[row] >= 0;
  }
  const auto in_batch = [&](int32_t row, int32_t count) {
    return row >= 0 && count >= 0 && static_cast<size_t>(row) + static_cast<size_t>(count) <= rows;
  };
  const auto check_rows = [&](const std::vector<int32_t>& list) {
    for (size_t i = 0; i < list.size(); ++i)
      if (!in_batch(list[i], 1) || (i > 0 && list[i] <= list[i - 1])) invalid("A list of rows is out of range or not ascending.");
  };
  check_rows(batch.logit_rows);
  check_rows(batch.attention_rows);
  for (int32_t row : batch.logit_rows) outputs[static_cast<size_t>(row)] = true;
  if (static_cast<size_t>(std::count(outputs.begin(), outputs.end(), true)) > options_.sequences)
    invalid("A decode has at most " + std::to_string(options_.sequences) + " output rows.");
  for (const auto& capture : batch.captures)
    if (!in_batch(capture.row, capture.count) || capture.layer < 0 || capture.layer >= layers) invalid("A capture is out of range.");
  for (const auto& overwrite : batch.overwrites) {
    if (!in_batch(overwrite.row, overwrite.count) || overwrite.layer < 0 || overwrite.layer > layers)
      invalid("The hidden states to write are out of range.");
    for (int32_t row = overwrite.row; overwrite.layer == layers && row < overwrite.row + overwrite.count; ++row)
      if (!outputs[static_cast<size_t>(row)]) invalid("Hidden states behind the last layer belong to output rows.");
  }
}

void Context::roll_back(const Batch& batch) {
  std::map<int32_t, int32_t> firsts;
  for (size_t row = 0; row < batch.rows(); ++row) {
    const auto [entry, fresh] = firsts.try_emplace(batch.sequences[row], batch.positions[row]);
    if (!fresh) entry->second = std::min(entry->second, batch.positions[row]);
  }
  const Library& lib = library();
  for (const auto& [sequence, first] : firsts) lib.llama_memory_seq_rm(lib.llama_get_memory(context_), sequence, first, -1);
}

void Context::run(const Batch& batch) {
  const size_t rows = batch.rows();
  std::vector<int32_t> sequence_counts(rows, 1);
  std::vector<llama_seq_id> sequences(batch.sequences.begin(), batch.sequences.end());
  std::vector<llama_seq_id*> sequence_pointers(rows);
  std::vector<int8_t> outputs(rows);
  std::vector<llama_pos> positions(batch.positions.begin(), batch.positions.end());
  for (size_t row = 0; row < rows; ++row) {
    sequence_pointers[row] = &sequences[row];
    outputs[row] = batch.samplers[row] >= 0;
  }
  for (int32_t row : batch.logit_rows) outputs[static_cast<size_t>(row)] = 1;
  llama_batch raw = {};
  raw.n_tokens = static_cast<int32_t>(rows);
  raw.token = const_cast<llama_token*>(batch.tokens.data());
  raw.pos = positions.data();
  raw.n_seq_id = sequence_counts.data();
  raw.seq_id = sequence_pointers.data();
  raw.logits = outputs.data();

  std::vector<const Plan*> plans;
  plans.reserve(rows);
  for (int32_t id : batch.plans) plans.push_back(find(plans_, id));
  hooks_.begin(&batch, std::move(plans), &cells_);
  int32_t status = -1;
  std::string reason;
  try {
    status = library().llama_decode(context_, raw);
    library().llama_synchronize(context_);
  } catch (const std::exception& error) {
    reason = std::string(": ") + error.what();
  }
  try {
    hooks_.finish();
  } catch (const Error& error) {
    // A decode that failed leaves boundaries unreached; what went wrong inside the callback is the cause, though.
    if (status == 0 || error.code == "INTERVENTION_FAILED") {
      roll_back(batch);
      throw;
    }
  }
  if (status == 0) return;
  roll_back(batch);
  if (aborted_) throw Error("ABORTED", "The decode was aborted.");
  if (status == 1) throw Error("CACHE_FULL", "The KV cache of " + std::to_string(cell_count()) + " cells is full.");
  throw Error("DECODE_FAILED", "llama.cpp could not decode a batch of " + std::to_string(rows) + " rows (status " +
                                   std::to_string(status) + ")" + reason + ".");
}

/// What the first layer takes is found by watching a decode; the first has to know, so one of a single row precedes it.
void Context::learn_embedding() {
  Batch batch;
  batch.tokens = {0};
  batch.positions = {0};
  batch.sequences = {0};
  batch.plans = {-1};
  batch.samplers = {-1};
  run(batch);
  clear();
}

Decoded Context::decode(const Batch& batch) {
  validate(batch);
  if (!hooks_.knows_embedding()) learn_embedding();
  run(batch);
  const size_t rows = batch.rows();
  for (int32_t sequence : batch.recorded) {
    auto& caches = cells_[sequence];
    caches.resize(hooks_.row_cells().size());
    for (size_t cache = 0; cache < caches.size(); ++cache)
      for (size_t row = 0; row < rows; ++row)
        if (batch.sequences[row] == sequence) caches[cache].push_back(hooks_.row_cells()[cache][row]);
  }
  Decoded decoded;
  decoded.attention = hooks_.take_attention();
  const int32_t vocabulary = model_->vocabulary_size();
  const auto logits_of = [this](size_t row) {
    const float* logits = library().llama_get_logits_ith(context_, static_cast<int32_t>(row));
    if (!logits) throw Error("DECODE_FAILED", "llama.cpp returned no logits.");
    return logits;
  };
  decoded.logits.reserve(batch.logit_rows.size() * static_cast<size_t>(vocabulary));
  for (int32_t row : batch.logit_rows) {
    const float* logits = logits_of(static_cast<size_t>(row));
    decoded.logits.insert(decoded.logits.end(), logits, logits + vocabulary);
  }
  for (size_t row = 0; row < rows; ++row)
    if (Sampler* sampler = find(samplers_, batch.samplers[row])) decoded.sampled.push_back(sampler->sample(logits_of(row), vocabulary));
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
  batch.recorded = {0};
  batch.logit_rows = {1};
  int32_t plan = -1;
  clear();
  try {
    decode(batch);
    Plan every_layer;
    std::vector<float> states(2 * hidden_size());
    for (int32_t layer = 0; layer < layers; ++layer) {
      every_layer.visible.push_back({0, layer, layer + 1});
      batch.captures.push_back({0, 2, layer, states.data()});
    }
    batch.overwrites.push_back({1, 1, layers, states.data()});
    plan = define_plan(std::move(every_layer));
    batch.recorded.clear();
    batch.positions = {2, 3};
    batch.sequences = {1, 1};
    batch.plans = {plan, plan};
    decode(batch);
  } catch (const Error& error) {
    release_plan(plan);
    clear();
    throw Error("UNSUPPORTED_ARCHITECTURE", std::string("The model's layers cannot be seen: ") + error.what());
  }
  release_plan(plan);
  clear();
}

}  // namespace nir
