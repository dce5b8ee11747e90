#include "model.hpp"

#include <cstdlib>
#include <mutex>

#include "error.hpp"
#include "library.hpp"

namespace nir {
namespace {

/// Keeps llama.cpp's error lines while it lives, in place of the previous logger.
class LogCapture {
 public:
  LogCapture() : lock_(mutex()) {
    library().llama_log_get(&previous_, &previous_data_);
    library().llama_log_set(&LogCapture::on_line, this);
  }
  ~LogCapture() { library().llama_log_set(previous_, previous_data_); }
  const std::string& errors() const { return errors_; }

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  static void on_line(ggml_log_level level, const char* text, void* self_pointer) {
    auto* self = static_cast<LogCapture*>(self_pointer);
    if (level == GGML_LOG_LEVEL_ERROR) self->errors_ += text;
  }
  std::lock_guard<std::mutex> lock_;
  ggml_log_callback previous_ = nullptr;
  void* previous_data_ = nullptr;
  std::string errors_;
};

/// Calls a llama.cpp function that fills a buffer and answers a negative needed size when it is too small.
template <typename T, typename Fill>
std::vector<T> filled(size_t guess, Fill fill) {
  std::vector<T> buffer(guess);
  int32_t n = fill(buffer.data(), static_cast<int32_t>(buffer.size()));
  if (n < 0 && n != INT32_MIN) {
    buffer.resize(static_cast<size_t>(-static_cast<int64_t>(n)));
    n = fill(buffer.data(), static_cast<int32_t>(buffer.size()));
  }
  if (n < 0) throw Error("TEXT_TOO_LONG", "llama.cpp cannot convert a text of this size.");
  buffer.resize(static_cast<size_t>(n));
  return buffer;
}

/// As llama.cpp takes them: an empty key ends the list.
std::vector<llama_model_kv_override> override_list(const MetadataNumbers& overrides) {
  std::vector<llama_model_kv_override> list;
  for (const auto& [key, value] : overrides) {
    llama_model_kv_override one{};
    if (key.size() >= sizeof one.key) throw Error("MODEL_LOAD_FAILED", "The metadata key '" + key + "' is too long.");
    key.copy(one.key, key.size());
    one.tag = LLAMA_KV_OVERRIDE_TYPE_INT;
    one.val_i64 = value;
    list.push_back(one);
  }
  list.push_back({});
  return list;
}

}  // namespace

Model::Model(const std::string& path, int32_t gpu_layers, const MetadataNumbers& overrides, LoadProgress on_progress) {
  const Library& lib = library();
  llama_model_params params = lib.llama_model_default_params();
  params.n_gpu_layers = gpu_layers;
  const std::vector<llama_model_kv_override> list = override_list(overrides);
  params.kv_overrides = list.data();
  if (on_progress) {
    params.progress_callback_user_data = &on_progress;
    params.progress_callback = [](float share, void* progress) {
      (*static_cast<LoadProgress*>(progress))(share);
      return true;
    };
  }
  LogCapture log;
  try {
    model_ = lib.llama_model_load_from_file(path.c_str(), params);
  } catch (const std::exception& error) {
    throw Error("MODEL_LOAD_FAILED", std::string("llama.cpp cannot load '") + path + "': " + error.what() + ".");
  }
  if (!model_) throw Error("MODEL_LOAD_FAILED", "llama.cpp cannot load '" + path + "': " + log.errors());
  vocab_ = lib.llama_model_get_vocab(model_);
}

Model::~Model() { library().llama_model_free(model_); }

int32_t Model::layer_count() const { return library().llama_model_n_layer(model_); }
int32_t Model::hidden_size() const { return library().llama_model_n_embd(model_); }
int32_t Model::vocabulary_size() const { return library().llama_vocab_n_tokens(vocab_); }
int32_t Model::training_context_size() const { return library().llama_model_n_ctx_train(model_); }
int32_t Model::sliding_window() const { return library().llama_model_n_swa(model_); }
uint64_t Model::size_bytes() const { return library().llama_model_size(model_); }
bool Model::has_tokenizer() const { return library().llama_vocab_type(vocab_) != LLAMA_VOCAB_TYPE_NONE; }
bool Model::is_end(llama_token token) const { return has_tokenizer() && library().llama_vocab_is_eog(vocab_, token); }

std::string Model::unsupported_reason() const {
  const Library& lib = library();
  if (lib.llama_model_has_encoder(model_)) return "it has an encoder";
  if (lib.llama_model_is_diffusion(model_)) return "it is a diffusion model";
  if (lib.llama_model_is_recurrent(model_)) return "it is recurrent: it keeps no keys and values to inject into";
  if (lib.llama_model_is_hybrid(model_)) return "it has recurrent layers, which keep no keys and values";
  const std::string architecture = metadata("general.architecture");
  const auto number = [&](const char* key) {
    return std::strtol(metadata(architecture + "." + key).c_str(), nullptr, 10);  // 0 where there is none
  };
  // Positions must be relative: rows behind a context sit at other positions than without one. StarCoder adds learned
  // ones to the embeddings, and llama.cpp gives it a RoPE type all the same.
  const bool baichuan_13b = architecture == "baichuan" && layer_count() == 40;
  if (lib.llama_model_rope_type(model_) == LLAMA_ROPE_TYPE_NONE || baichuan_13b || architecture == "starcoder")
    return "it has no rotary positions (RoPE)";
  // What layers take beside the hidden state would be the row's own, not that of what is injected.
  const bool more_than_the_hidden_state =
      lib.llama_model_n_embd_inp(model_) != hidden_size() || number("embedding_length_per_layer_input") > 0 ||
      number("hyper_connection.count") > 1 || architecture == "talkie" || architecture == "graniteswitch" ||
      architecture == "gemma3n";
  if (more_than_the_hidden_state) return "its layers take more than the hidden state";
  if (number("attention.shared_kv_layers") > 0) return "some of its layers have no keys and values of their own";
  if (architecture == "hrm_text" || number("num_loops") > 1) return "it runs its layers more than once";
  return "";
}

std::string Model::metadata(const std::string& key) const {
  std::string value(256, '\0');
  int32_t n = library().llama_model_meta_val_str(model_, key.c_str(), value.data(), value.size());
  if (n < 0) return "";
  if (static_cast<size_t>(n) >= value.size()) {
    value.resize(static_cast<size_t>(n) + 1);
    n = library().llama_model_meta_val_str(model_, key.c_str(), value.data(), value.size());
  }
  value.resize(static_cast<size_t>(n));
  return value;
}

void Model::require_tokenizer() const {
  if (!has_tokenizer()) throw Error("NO_TOKENIZER", "The model has no tokenizer.");
}

std::vector<llama_token> Model::tokenize(const std::string& text, bool add_special, bool parse_special) const {
  require_tokenizer();
  return filled<llama_token>(text.size() + 8, [&](llama_token* out, int32_t room) {
    return library().llama_tokenize(vocab_, text.data(), static_cast<int32_t>(text.size()), out, room, add_special,
                                    parse_special);
  });
}

std::string Model::detokenize(const std::vector<llama_token>& tokens, bool special) const {
  require_tokenizer();
  const auto text = filled<char>(tokens.size() * 8 + 16, [&](char* out, int32_t room) {
    return library().llama_detokenize(vocab_, tokens.data(), static_cast<int32_t>(tokens.size()), out, room, false,
                                      special);
  });
  return std::string(text.begin(), text.end());
}

std::string Model::piece(llama_token token, bool special) const {
  require_tokenizer();
  const auto bytes = filled<char>(32, [&](char* out, int32_t room) {
    return library().llama_token_to_piece(vocab_, token, out, room, 0, special);
  });
  return std::string(bytes.begin(), bytes.end());
}

llama_token Model::bos() const {
  if (!has_tokenizer() || !library().llama_vocab_get_add_bos(vocab_)) return -1;
  return library().llama_vocab_bos(vocab_);
}

std::string Model::chat(const std::vector<std::pair<std::string, std::string>>& messages) const {
  const char* chat_template = library().llama_model_chat_template(model_, nullptr);
  if (!chat_template) throw Error("NO_CHAT_TEMPLATE", "The model has no chat template.");
  std::vector<llama_chat_message> raw;
  size_t length = 256;
  for (const auto& [role, content] : messages) {
    raw.push_back({role.c_str(), content.c_str()});
    length += 2 * (role.size() + content.size()) + 64;
  }
  std::string text(length, '\0');
  const int32_t n = library().llama_chat_apply_template(chat_template, raw.data(), raw.size(), true, text.data(),
                                                        static_cast<int32_t>(text.size()));
  if (n < 0 || static_cast<size_t>(n) > text.size())
    throw Error("CHAT_TEMPLATE_UNKNOWN", "llama.cpp does not know the model's chat template.");
  text.resize(static_cast<size_t>(n));
  return text;
}

}  // namespace nir
