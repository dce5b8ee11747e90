#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "library.hpp"
#include "plan.hpp"

namespace nir {

/// What one decode has to do beside decoding: which rows follow which plan, what to capture, what to overwrite.
struct Interventions {
  std::vector<const Plan*> row_plans;  // one a row; nullptr: plain
  std::set<int32_t> capture_layers;
  std::map<int32_t, float*> captured;  // layer → [rows, hidden size], written here
  int32_t overwrite_layer = -1;        // the input of this layer is replaced by …
  const float* overwrite = nullptr;    // … [rows, hidden size]
  bool record_cells = false;           // read which cells of the KV cache the rows went to
};

/// The evaluation callback of a context: it edits the mask, the positions and the hidden states between layers.
///
/// llama.cpp asks about every node before it runs the nodes up to the next one answered "yes" (a *boundary*); what
/// precedes that node is then done, and the callback is called again with its data. Only the inputs of layers at
/// which something changes are boundaries, since every yes splits the graph and synchronises.
class Hooks {
 public:
  /// The rows of a batch see the cells of a context: sequence → cells of the KV cache.
  using Cells = std::map<int32_t, std::vector<int32_t>>;

  Hooks(int32_t layer_count, int32_t hidden_size) : layer_count_(layer_count), hidden_size_(hidden_size) {}

  void begin(Interventions* interventions, const Cells* cells);
  /// Throws what went wrong inside the callback, and INTERVENTION_MISSED when a boundary was never reached.
  void finish();
  const std::vector<int32_t>& recorded_cells() const { return recorded_cells_; }

  static bool callback(ggml_tensor* node, bool ask, void* self);

 private:
  bool on_ask(ggml_tensor* node);
  bool on_boundary(ggml_tensor* node);
  void apply_visibility(ggml_tensor* mask);
  void apply_positions(ggml_tensor* positions);
  void read_cells(ggml_tensor* node);
  void edit_rows(ggml_tensor* node, int32_t layer);
  static int32_t layer_input(const ggml_tensor* node);

  const int32_t layer_count_;
  const int32_t hidden_size_;
  Interventions* work_ = nullptr;
  const Cells* cells_ = nullptr;
  std::set<int32_t> boundaries_;
  std::set<int32_t> reached_;
  std::map<const ggml_tensor*, int32_t> applied_;  // mask or positions → the layer whose state it holds
  std::set<int32_t> attention_seen_;
  int32_t layer_ = 0;  // of the node asked about
  std::vector<int32_t> recorded_cells_;
  std::vector<uint8_t> scratch_;
  std::string failure_;
};

}  // namespace nir
