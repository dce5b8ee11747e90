#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "batch.hpp"
#include "library.hpp"
#include "plan.hpp"

namespace nir {

/// The evaluation callback of a context: it edits the mask, the positions and the hidden states between layers.
///
/// llama.cpp asks about every node before it runs the nodes up to the next one answered "yes" (a *boundary*); what
/// precedes that node is then done, and the callback is called again with its data. Only the inputs of layers at
/// which something changes are boundaries, since every yes splits the graph and synchronises.
class Hooks {
 public:
  /// Sequence → for each KV cache of the model, the cells that hold its rows, in their order. A model with sliding
  /// windows has two caches: one for the layers with a window, one for those without.
  using Cells = std::map<int32_t, std::vector<std::vector<int32_t>>>;

  Hooks(int32_t layer_count, int32_t hidden_size) : layer_count_(layer_count), hidden_size_(hidden_size) {}

  /// Before a decode. `plans`: one a row, nullptr for none. Everything must live until finish().
  void begin(const Batch* batch, std::vector<const Plan*> plans, const Cells* cells);
  /// After it. Throws what went wrong inside the callback, and INTERVENTION_MISSED when a boundary was never reached.
  void finish();
  /// Is it known where the first layer's input is? Any decode that reaches the first layer shows it.
  bool knows_embedding() const { return !embedding_.empty(); }
  /// For each cache the cells of the rows, where the batch records any.
  const std::vector<std::vector<int32_t>>& row_cells() const { return row_cells_; }
  /// [attention rows, layers, heads]
  std::vector<float> take_attention() { return std::move(attention_); }

  static bool callback(ggml_tensor* node, bool ask, void* self);

 private:
  /// What a plan does at one layer, worked out once a decode.
  struct Rows {
    const Plan* plan;
    std::vector<int32_t> contexts;  // distinct
    std::vector<int32_t> rows;
  };

  bool on_ask(ggml_tensor* node);
  bool on_boundary(ggml_tensor* node);
  void apply_visibility(ggml_tensor* mask);
  void apply_positions(ggml_tensor* positions);
  void read_cells(ggml_tensor* node);
  size_t cache_of(const ggml_tensor* mask);
  void read_attention(ggml_tensor* probabilities);
  void edit_states(ggml_tensor* node, int32_t layer);
  const std::vector<int32_t>* cells_of(int32_t context, size_t cache);
  int32_t layer_input(const ggml_tensor* node) const;

  const int32_t layer_count_;
  const int32_t hidden_size_;
  const Batch* batch_ = nullptr;
  const Cells* cells_ = nullptr;
  std::vector<Rows> planned_;
  std::vector<int32_t> output_rows_;  // row → its place among the outputs, or -1
  int32_t output_count_ = 0;
  std::set<int32_t> boundaries_;
  std::set<int32_t> reached_;
  std::map<const ggml_tensor*, int32_t> masks_;      // → the layer whose state it holds
  std::map<const ggml_tensor*, int32_t> positions_;  // → the layer whose state it holds
  std::set<int32_t> attention_seen_;
  std::string embedding_;  // name of the node that holds the first layer's input; learnt in the first decode
  int32_t layer_ = 0;  // of the node asked about
  std::vector<const ggml_tensor*> indexes_;      // one a cache: the cells that its rows go to
  size_t cache_ = 0;                             // that the layer asked about stores its keys in
  std::map<const ggml_tensor*, size_t> caches_;  // mask → cache
  std::vector<std::vector<int32_t>> row_cells_;
  std::vector<float> attention_;
  int64_t heads_ = 0;
  std::vector<uint8_t> scratch_;
  std::string failure_;
};

}  // namespace nir
