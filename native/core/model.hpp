#pragma once
#include <llama.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace nir {

/// Whole numbers of a GGUF's metadata, by key.
using MetadataNumbers = std::map<std::string, int64_t>;

/// Told the share of the weights that is loaded, 0 to 1, on the loading thread.
using LoadProgress = std::function<void(float)>;

/// A loaded GGUF. Immutable after construction, so it may be read from several threads.
class Model {
 public:
  /// Loads the weights. `gpu_layers` < 0: all. `overrides` take the place of the file's own numbers.
  /// Throws MODEL_LOAD_FAILED with llama.cpp's own reason.
  Model(const std::string& path, int32_t gpu_layers, const MetadataNumbers& overrides = {},
        LoadProgress on_progress = nullptr);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  llama_model* get() const { return model_; }
  int32_t layer_count() const;
  int32_t hidden_size() const;
  int32_t vocabulary_size() const;
  int32_t training_context_size() const;
  /// Tokens that a layer with sliding-window attention sees at most; 0: no layer has a window.
  int32_t sliding_window() const;
  uint64_t size_bytes() const;
  bool has_tokenizer() const;
  /// Why hidden states cannot be injected into this kind of model; empty when nothing speaks against it.
  std::string unsupported_reason() const;
  /// A metadata value as text; empty when there is none.
  std::string metadata(const std::string& key) const;

  /// Text → tokens. `add_special`: with the BOS token where the model wants one.
  std::vector<llama_token> tokenize(const std::string& text, bool add_special, bool parse_special) const;
  std::string detokenize(const std::vector<llama_token>& tokens, bool special) const;
  /// The bytes of one token (not always whole UTF-8 characters). `special`: control tokens as text, else empty.
  std::string piece(llama_token token, bool special) const;
  bool is_end(llama_token token) const;
  llama_token bos() const;
  /// Renders messages (role, content) with the model's chat template, opening an assistant turn.
  std::string chat(const std::vector<std::pair<std::string, std::string>>& messages) const;

 private:
  void require_tokenizer() const;
  llama_model* model_ = nullptr;
  const llama_vocab* vocab_ = nullptr;
};

}  // namespace nir
