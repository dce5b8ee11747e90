#include "hooks.hpp"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "error.hpp"

namespace nir {
namespace {

constexpr const char* kLayerOutput = "l_out-";
constexpr const char* kEmbedding = "embd";

bool sees(const Visibility& visibility, int32_t layer) {
  return layer >= visibility.from && layer < visibility.until;
}

void write(ggml_tensor* tensor, const void* data, size_t offset, size_t size) {
  if (library().ggml_backend_buffer_is_host(tensor->view_src ? tensor->view_src->buffer : tensor->buffer))
    std::memcpy(static_cast<char*>(tensor->data) + offset, data, size);
  else
    library().ggml_backend_tensor_set(tensor, data, offset, size);
}

}  // namespace

bool Hooks::callback(ggml_tensor* node, bool ask, void* self_pointer) {
  auto* self = static_cast<Hooks*>(self_pointer);
  if (!self->work_) return !ask;  // a reserve or warm-up pass of llama.cpp's own
  return ask ? self->on_ask(node) : self->on_boundary(node);
}

void Hooks::begin(Interventions* interventions, const Cells* cells) {
  work_ = interventions;
  cells_ = cells;
  layer_ = 0;
  failure_.clear();
  boundaries_ = interventions->capture_layers;
  reached_.clear();
  applied_.clear();
  attention_seen_.clear();
  recorded_cells_.clear();
  if (interventions->overwrite) boundaries_.insert(interventions->overwrite_layer);
  const Plan* previous = nullptr;
  for (const Plan* plan : interventions->row_plans) {
    if (!plan || plan == previous) continue;
    previous = plan;
    for (const auto& visibility : plan->visible) {
      // What is visible from layer 0 on is in the mask before the first node runs.
      if (visibility.from > 0) boundaries_.insert(visibility.from);
      if (visibility.until < layer_count_) boundaries_.insert(visibility.until);
    }
    for (const auto& addition : plan->additions) boundaries_.insert(addition.layer);
    if (plan->shift != 0 && plan->shift_from > 0) boundaries_.insert(plan->shift_from);
  }
}

void Hooks::finish() {
  const Interventions* work = work_;
  work_ = nullptr;
  if (!failure_.empty()) throw Error("INTERVENTION_FAILED", failure_);
  for (int32_t layer : boundaries_)
    if (!reached_.count(layer))
      throw Error("INTERVENTION_MISSED", "The model's graph never showed the input of layer " + std::to_string(layer) + ".");
  if (work->record_cells && recorded_cells_.size() != work->row_plans.size())
    throw Error("INTERVENTION_MISSED", "The model's graph never showed where it stores keys.");
  for (const Plan* plan : work->row_plans) {
    if (!plan) continue;
    for (const auto& visibility : plan->visible)
      if (visibility.from < visibility.until && !attention_seen_.count(visibility.from))
        throw Error("INTERVENTION_MISSED",
                    "The model's graph never showed the attention of layer " + std::to_string(visibility.from) + ".");
  }
}

int32_t Hooks::layer_input(const ggml_tensor* node) {
  if (std::strncmp(node->name, kLayerOutput, std::strlen(kLayerOutput)) == 0)
    return std::atoi(node->name + std::strlen(kLayerOutput)) + 1;
  if (std::strcmp(node->name, kEmbedding) == 0) return 0;
  return -1;
}

bool Hooks::on_ask(ggml_tensor* node) {
  switch (node->op) {
    case GGML_OP_FLASH_ATTN_EXT:
      apply_visibility(node->src[3]);
      break;
    case GGML_OP_SOFT_MAX:
      if (node->src[1]) apply_visibility(node->src[1]);
      break;
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

void Hooks::apply_visibility(ggml_tensor* mask) {
  attention_seen_.insert(layer_);
  const auto [entry, fresh] = applied_.try_emplace(mask, -1);
  const int32_t before = entry->second;
  if (before == layer_) return;
  entry->second = layer_;
  const bool half = mask->type == GGML_TYPE_F16;
  if (!half && mask->type != GGML_TYPE_F32) {
    failure_ = "The attention mask is neither F16 nor F32.";
    return;
  }
  const size_t item = half ? 2 : 4;
  for (size_t row = 0; row < work_->row_plans.size(); ++row) {
    const Plan* plan = work_->row_plans[row];
    if (!plan) continue;
    for (const auto& visibility : plan->visible) {
      const bool now = sees(visibility, layer_);
      if (now == (before >= 0 && sees(visibility, before))) continue;
      const auto found = cells_->find(visibility.context);
      if (found == cells_->end()) {
        failure_ = "A plan names a context that is not in the cache.";
        return;
      }
      const std::vector<int32_t>& cells = found->second;
      for (size_t first = 0; first < cells.size();) {
        size_t last = first + 1;
        while (last < cells.size() && cells[last] == cells[last - 1] + 1) ++last;
        const size_t count = last - first;
        if (cells[last - 1] >= mask->ne[0]) {
          failure_ = "A context's cell lies outside the attention mask.";
          return;
        }
        scratch_.assign(count * item, 0);
        if (!now) {
          for (size_t i = 0; i < count; ++i) {
            const float minus_infinity = -std::numeric_limits<float>::infinity();
            const uint16_t half_minus_infinity = 0xFC00;
            if (half)
              std::memcpy(&scratch_[i * item], &half_minus_infinity, item);
            else
              std::memcpy(&scratch_[i * item], &minus_infinity, item);
          }
        }
        write(mask, scratch_.data(), row * mask->nb[1] + static_cast<size_t>(cells[first]) * item, count * item);
        first = last;
      }
    }
  }
}

void Hooks::apply_positions(ggml_tensor* positions) {
  if (!positions || positions->type != GGML_TYPE_I32) return;
  const auto [entry, fresh] = applied_.try_emplace(positions, -1);
  const int32_t before = entry->second;
  if (before == layer_) return;
  entry->second = layer_;
  for (size_t row = 0; row < work_->row_plans.size(); ++row) {
    const Plan* plan = work_->row_plans[row];
    if (!plan || plan->shift == 0) continue;
    if (layer_ < plan->shift_from || before >= plan->shift_from) continue;
    if (positions->ne[0] != static_cast<int64_t>(work_->row_plans.size())) {
      failure_ = "The model has several positions a token; moving them is not supported.";
      return;
    }
    int32_t value = 0;
    library().ggml_backend_tensor_get(positions, &value, row * sizeof value, sizeof value);
    value += plan->shift;
    write(positions, &value, row * sizeof value, sizeof value);
  }
}

void Hooks::read_cells(ggml_tensor* node) {
  const ggml_tensor* index = node->src[1];
  if (!work_->record_cells || !recorded_cells_.empty() || !index) return;
  if (index->ne[0] != static_cast<int64_t>(work_->row_plans.size()) || index->type != GGML_TYPE_I64) return;
  std::vector<int64_t> rows(work_->row_plans.size());
  library().ggml_backend_tensor_get(index, rows.data(), 0, rows.size() * sizeof(int64_t));
  recorded_cells_.assign(rows.begin(), rows.end());
}

bool Hooks::on_boundary(ggml_tensor* node) {
  if (!failure_.empty()) return false;
  const int32_t layer = layer_input(node);
  if (layer < 0 || !boundaries_.count(layer)) return true;
  reached_.insert(layer);
  const int64_t rows = static_cast<int64_t>(work_->row_plans.size());
  if (node->type != GGML_TYPE_F32 || node->ne[0] != hidden_size_ || node->ne[1] != rows) {
    failure_ = "The input of layer " + std::to_string(layer) + " has an unexpected shape.";
    return false;
  }
  const size_t bytes = static_cast<size_t>(rows) * hidden_size_ * sizeof(float);
  if (work_->overwrite && layer == work_->overwrite_layer) write(node, work_->overwrite, 0, bytes);
  edit_rows(node, layer);
  const auto target = work_->captured.find(layer);
  if (target != work_->captured.end()) library().ggml_backend_tensor_get(node, target->second, 0, bytes);
  return true;
}

void Hooks::edit_rows(ggml_tensor* node, int32_t layer) {
  std::vector<float> hidden(hidden_size_);
  const size_t bytes = hidden.size() * sizeof(float);
  for (size_t row = 0; row < work_->row_plans.size(); ++row) {
    const Plan* plan = work_->row_plans[row];
    if (!plan) continue;
    for (const auto& addition : plan->additions) {
      if (addition.layer != layer) continue;
      library().ggml_backend_tensor_get(node, hidden.data(), row * bytes, bytes);
      for (size_t i = 0; i < hidden.size(); ++i) hidden[i] += addition.vector[i];
      write(node, hidden.data(), row * bytes, bytes);
    }
  }
}

}  // namespace nir
