#include "hooks.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <utility>

#include "error.hpp"

namespace nir {
namespace {

constexpr const char* kLayerOutput = "l_out-";
constexpr const char* kEmbedding = "embd";
constexpr const char* kFirstNorm = "norm-0";
constexpr const char* kKeys = "cache_k";

bool sees(const Plan& plan, int32_t context, int32_t layer) {
  return std::any_of(plan.visible.begin(), plan.visible.end(), [&](const Visibility& visibility) {
    return visibility.context == context && layer >= visibility.from && layer < visibility.until;
  });
}

int64_t shift_of(const Plan& plan, int32_t position, int32_t layer) {
  int64_t sum = 0;
  for (const auto& shift : plan.shifts)
    if (position >= shift.first && layer >= shift.from && layer < shift.until) sum += shift.amount;
  return sum;
}

bool is_host(const ggml_tensor* tensor) {
  return library().ggml_backend_buffer_is_host(tensor->view_src ? tensor->view_src->buffer : tensor->buffer);
}

void write(ggml_tensor* tensor, const void* data, size_t offset, size_t size) {
  if (is_host(tensor))
    std::memcpy(static_cast<char*>(tensor->data) + offset, data, size);
  else
    library().ggml_backend_tensor_set(tensor, data, offset, size);
}

void read(const ggml_tensor* tensor, void* data, size_t offset, size_t size) {
  if (is_host(tensor))
    std::memcpy(data, static_cast<const char*>(tensor->data) + offset, size);
  else
    library().ggml_backend_tensor_get(tensor, data, offset, size);
}

/// Calls `run(first, count)` for every run of consecutive cells.
template <typename Run>
void each_run(const std::vector<int32_t>& cells, Run run) {
  for (size_t first = 0; first < cells.size();) {
    size_t last = first + 1;
    while (last < cells.size() && cells[last] == cells[last - 1] + 1) ++last;
    run(cells[first], last - first);
    first = last;
  }
}

/// What a node is called in a graph on one device; on several, copies are called `device#name#number`.
std::string own_name(const ggml_tensor* node) {
  const std::string name = node->name;
  const size_t first = name.find('#');
  const size_t last = name.rfind('#');
  return first == last ? name : name.substr(first + 1, last - first - 1);
}

/// Is it the token embedding, at most scaled or normed? (OLMo 2's first norm is that of the queries.)
bool is_embedding(const ggml_tensor* node) {
  while (node && node->op != GGML_OP_MUL_MAT) node = node->src[0];
  return !node;
}

}  // namespace

bool Hooks::callback(ggml_tensor* node, bool ask, void* self_pointer) {
  auto* self = static_cast<Hooks*>(self_pointer);
  if (!self->batch_) return !ask;  // a reserve or warm-up pass of llama.cpp's own
  return ask ? self->on_ask(node) : self->on_boundary(node);
}

void Hooks::begin(const Batch* batch, std::vector<const Plan*> plans, const Cells* cells) {
  batch_ = batch;
  cells_ = cells;
  layer_ = 0;
  heads_ = 0;
  failure_.clear();
  planned_.clear();
  boundaries_.clear();
  reached_.clear();
  masks_.clear();
  positions_.clear();
  attention_seen_.clear();
  indexes_.clear();
  caches_.clear();
  row_cells_.clear();
  attention_.clear();
  for (const auto& capture : batch->captures) boundaries_.insert(capture.layer);
  for (const auto& overwrite : batch->overwrites) boundaries_.insert(overwrite.layer);

  std::map<const Plan*, size_t> places;
  for (size_t row = 0; row < plans.size(); ++row) {
    const Plan* plan = plans[row];
    if (!plan) continue;
    const auto [place, fresh] = places.try_emplace(plan, planned_.size());
    if (fresh) planned_.push_back({plan, {}, {}});
    planned_[place->second].rows.push_back(static_cast<int32_t>(row));
  }
  for (Rows& planned : planned_) {
    const auto changes_at = [this](int32_t layer) {
      // What holds from layer 0 on is in place before the first node runs.
      if (layer > 0 && layer < layer_count_) boundaries_.insert(layer);
    };
    for (const auto& visibility : planned.plan->visible) {
      if (std::find(planned.contexts.begin(), planned.contexts.end(), visibility.context) == planned.contexts.end())
        planned.contexts.push_back(visibility.context);
      changes_at(visibility.from);
      changes_at(visibility.until);
    }
    for (const auto& shift : planned.plan->shifts) {
      changes_at(shift.from);
      changes_at(shift.until);
    }
    for (const auto& edit : planned.plan->edits)
      for (int32_t row : planned.rows)
        if (batch->positions[row] >= edit.first && batch->positions[row] < edit.last) boundaries_.insert(edit.layer);
  }

  output_rows_.assign(batch->rows(), -1);
  output_count_ = 0;
  size_t next_logit = 0;
  for (size_t row = 0; row < batch->rows(); ++row) {
    const bool wants_logits = next_logit < batch->logit_rows.size() && batch->logit_rows[next_logit] == static_cast<int32_t>(row);
    if (wants_logits) ++next_logit;
    if (wants_logits || batch->samplers[row] >= 0) output_rows_[row] = output_count_++;
  }
}

void Hooks::finish() {
  const Batch* batch = std::exchange(batch_, nullptr);
  if (embedding_.empty() && !attention_seen_.empty()) embedding_ = kEmbedding;  // no norm before the first layer
  if (!failure_.empty()) throw Error("INTERVENTION_FAILED", failure_);
  const auto missed = [](const std::string& what) {
    throw Error("INTERVENTION_MISSED", "The model's graph never showed " + what + ".");
  };
  for (int32_t layer : boundaries_)
    if (!reached_.count(layer)) missed("the input of layer " + std::to_string(layer));
  if (!batch->recorded.empty() && row_cells_.empty()) missed("where it stores keys");
  if (!batch->attention_rows.empty() && attention_.empty()) missed("its attention (flash attention hides it)");
  for (const Rows& planned : planned_)
    for (const auto& visibility : planned.plan->visible)
      if (visibility.from < visibility.until && !attention_seen_.count(visibility.from))
        missed("the attention of layer " + std::to_string(visibility.from));
}

int32_t Hooks::layer_input(const ggml_tensor* node) const {
  if (std::strncmp(node->name, kLayerOutput, std::strlen(kLayerOutput)) == 0)
    return std::atoi(node->name + std::strlen(kLayerOutput)) + 1;
  return embedding_ == node->name ? 0 : -1;
}

bool Hooks::on_ask(ggml_tensor* node) {
  // Some models scale the embedding before their first layer. What that layer takes is what its norm takes.
  if (embedding_.empty() && std::strcmp(node->name, kFirstNorm) == 0 && is_embedding(node->src[0]))
    embedding_ = own_name(node->src[0]);
  switch (node->op) {
    case GGML_OP_FLASH_ATTN_EXT:
      apply_visibility(node->src[3]);
      break;
    case GGML_OP_SOFT_MAX:
      if (!node->src[1]) break;
      apply_visibility(node->src[1]);
      return !batch_->attention_rows.empty();
    case GGML_OP_ROPE:
      apply_positions(node->src[1]);
      break;
    case GGML_OP_SET_ROWS:
      read_cells(node);
      break;
    default:
      break;
  }
  const int32_t layer = layer_input(node);
  if (layer < 0) return false;
  layer_ = layer;
  return boundaries_.count(layer) > 0;
}

bool Hooks::on_boundary(ggml_tensor* node) {
  if (!failure_.empty()) return false;
  if (node->op == GGML_OP_SOFT_MAX) {
    read_attention(node);
    return failure_.empty();
  }
  const int32_t layer = layer_input(node);
  if (layer < 0 || !boundaries_.count(layer)) return true;
  reached_.insert(layer);
  // Most models drop all rows but the outputs in their last layer.
  const bool outputs_only = layer == layer_count_ && node->ne[1] == output_count_;
  const int64_t rows = outputs_only ? output_count_ : static_cast<int64_t>(batch_->rows());
  if (node->type != GGML_TYPE_F32 || node->ne[0] != hidden_size_ || node->ne[1] != rows || node->ne[2] != 1) {
    failure_ = "The input of layer " + std::to_string(layer) + " has an unexpected shape.";
    return false;
  }
  const size_t row_bytes = static_cast<size_t>(hidden_size_) * sizeof(float);
  for (const auto& overwrite : batch_->overwrites) {
    if (overwrite.layer != layer || overwrite.count == 0) continue;
    const size_t first = static_cast<size_t>(outputs_only ? output_rows_[overwrite.row] : overwrite.row);
    write(node, overwrite.source, first * row_bytes, static_cast<size_t>(overwrite.count) * row_bytes);
  }
  edit_states(node, layer);
  for (const auto& capture : batch_->captures) {
    if (capture.layer != layer) continue;
    read(node, capture.target, static_cast<size_t>(capture.row) * row_bytes, static_cast<size_t>(capture.count) * row_bytes);
  }
  return true;
}

const std::vector<int32_t>* Hooks::cells_of(int32_t context, size_t cache) {
  const auto found = cells_->find(context);
  if (found != cells_->end() && cache < found->second.size()) return &found->second[cache];
  failure_ = "A plan names a context that is not in the cache.";
  return nullptr;
}

void Hooks::apply_visibility(ggml_tensor* mask) {
  attention_seen_.insert(layer_);
  if (mask->op != GGML_OP_NONE) {
    failure_ = "The attention mask is computed inside the graph (sparse attention).";
    return;
  }
  const size_t cache = cache_of(mask);
  // A mask seen for the first time holds llama.cpp's own state, which hides contexts – or, where the graph is split
  // over devices, a copy of one that was edited; so from the second mask on, everything is written.
  const bool first = masks_.empty();
  const auto [entry, fresh] = masks_.try_emplace(mask, -1);
  const int32_t before = std::exchange(entry->second, layer_);
  if (before == layer_) return;
  const bool half = mask->type == GGML_TYPE_F16;
  if (!half && mask->type != GGML_TYPE_F32) {
    failure_ = "The attention mask is neither F16 nor F32.";
    return;
  }
  const size_t item = half ? 2 : 4;
  const uint16_t half_hidden = 0xFC00;
  const float hidden = -std::numeric_limits<float>::infinity();
  for (const Rows& planned : planned_) {
    for (int32_t context : planned.contexts) {
      const bool now = sees(*planned.plan, context, layer_);
      if (fresh ? first && !now : now == sees(*planned.plan, context, before)) continue;
      const std::vector<int32_t>* cells = cells_of(context, cache);
      if (!cells) return;
      scratch_.assign(cells->size() * item, 0);
      if (!now)
        for (size_t i = 0; i < cells->size(); ++i)
          std::memcpy(&scratch_[i * item], half ? static_cast<const void*>(&half_hidden) : &hidden, item);
      each_run(*cells, [&](int32_t cell, size_t count) {
        if (cell + static_cast<int64_t>(count) > mask->ne[0]) {
          failure_ = "A context's cell lies outside the attention mask.";
          return;
        }
        for (int32_t row : planned.rows)
          write(mask, scratch_.data(), static_cast<size_t>(row) * mask->nb[1] + static_cast<size_t>(cell) * item, count * item);
      });
    }
  }
}

void Hooks::apply_positions(ggml_tensor* positions) {
  if (!positions || positions->type != GGML_TYPE_I32) return;
  const auto [entry, fresh] = positions_.try_emplace(positions, -1);
  const int32_t before = std::exchange(entry->second, layer_);
  if (before == layer_) return;
  for (const Rows& planned : planned_) {
    if (planned.plan->shifts.empty()) continue;
    for (int32_t row : planned.rows) {
      const int32_t position = batch_->positions[row];
      const int64_t now = shift_of(*planned.plan, position, layer_);
      if (!fresh && now == shift_of(*planned.plan, position, before)) continue;
      if (positions->ne[0] != static_cast<int64_t>(batch_->rows())) {
        failure_ = "The model has several positions a token; moving them is not supported.";
        return;
      }
      const int32_t moved = static_cast<int32_t>(position + now);
      write(positions, &moved, static_cast<size_t>(row) * sizeof moved, sizeof moved);
    }
  }
}

void Hooks::read_cells(ggml_tensor* node) {
  const ggml_tensor* index = node->src[1];
  if (!index || !node->view_src || std::strncmp(node->view_src->name, kKeys, std::strlen(kKeys)) != 0) return;
  const auto known = std::find(indexes_.begin(), indexes_.end(), index);
  cache_ = static_cast<size_t>(known - indexes_.begin());
  if (known != indexes_.end()) return;
  indexes_.push_back(index);
  if (batch_->recorded.empty()) return;
  if (index->ne[0] != static_cast<int64_t>(batch_->rows()) || index->type != GGML_TYPE_I64) {
    failure_ = "The cells that keys go to have an unexpected shape.";
    return;
  }
  std::vector<int64_t> rows(batch_->rows());
  read(index, rows.data(), 0, rows.size() * sizeof(int64_t));
  row_cells_.emplace_back(rows.begin(), rows.end());
}

/// Which cache a mask is of: the one that the layer stored its keys in when the mask was first used.
size_t Hooks::cache_of(const ggml_tensor* mask) { return caches_.try_emplace(mask, cache_).first->second; }

void Hooks::read_attention(ggml_tensor* probabilities) {
  const std::vector<int32_t>& wanted = batch_->attention_rows;
  if (attention_.empty()) {
    heads_ = probabilities->ne[2];
    attention_.assign(wanted.size() * static_cast<size_t>(layer_count_ * heads_), 0);
  }
  if (probabilities->ne[2] != heads_ || probabilities->type != GGML_TYPE_F32) {
    failure_ = "The layers differ in their number of heads; attention shares are not supported.";
    return;
  }
  std::vector<float> shares;
  for (const Rows& planned : planned_) {
    for (int32_t row : planned.rows) {
      const auto place = std::lower_bound(wanted.begin(), wanted.end(), row);
      if (place == wanted.end() || *place != row) continue;
      float* out = &attention_[static_cast<size_t>(((place - wanted.begin()) * layer_count_ + layer_) * heads_)];
      for (int32_t context : planned.contexts) {
        if (!sees(*planned.plan, context, layer_)) continue;
        const std::vector<int32_t>* cells = cells_of(context, cache_of(probabilities->src[1]));
        if (!cells) return;
        each_run(*cells, [&](int32_t cell, size_t count) {
          shares.resize(count);
          for (int64_t head = 0; head < heads_; ++head) {
            const size_t offset = static_cast<size_t>(row) * probabilities->nb[1] + static_cast<size_t>(head) * probabilities->nb[2];
            read(probabilities, shares.data(), offset + static_cast<size_t>(cell) * sizeof(float), count * sizeof(float));
            for (float share : shares) out[head] += share;
          }
        });
      }
    }
  }
}

void Hooks::edit_states(ggml_tensor* node, int32_t layer) {
  const size_t hidden = static_cast<size_t>(hidden_size_);
  const size_t bytes = hidden * sizeof(float);
  std::vector<float> state(hidden);
  for (const Rows& planned : planned_) {
    for (const auto& edit : planned.plan->edits) {
      if (edit.layer != layer) continue;
      const bool same = edit.values.size() == hidden;
      for (int32_t row : planned.rows) {
        const int32_t position = batch_->positions[row];
        if (position < edit.first || position >= edit.last) continue;
        const float* values = &edit.values[same ? 0 : static_cast<size_t>(position - edit.first) * hidden];
        if (edit.replace) {
          write(node, values, static_cast<size_t>(row) * bytes, bytes);
          continue;
        }
        read(node, state.data(), static_cast<size_t>(row) * bytes, bytes);
        for (size_t i = 0; i < hidden; ++i) state[i] += values[i];
        write(node, state.data(), static_cast<size_t>(row) * bytes, bytes);
      }
    }
  }
}

}  // namespace nir
