#pragma once
#include <ggml-backend.h>
#include <ggml.h>
#include <llama.h>

#include <string>

namespace nir {

// Every function of llama.cpp and ggml that the engine calls. They are resolved at run time from the shared
// libraries that node-llama-cpp chose (their file names carry variant and version, so we cannot link).
#define NIR_LLAMA_SYMBOLS(X)          \
  X(llama_version)                    \
  X(llama_backend_init)               \
  X(llama_log_get)                    \
  X(llama_log_set)                    \
  X(llama_model_default_params)       \
  X(llama_context_default_params)     \
  X(llama_sampler_chain_default_params) \
  X(llama_model_load_from_file)       \
  X(llama_model_free)                 \
  X(llama_model_get_vocab)            \
  X(llama_model_n_ctx_train)          \
  X(llama_model_n_embd)               \
  X(llama_model_n_embd_inp)           \
  X(llama_model_n_layer)              \
  X(llama_model_n_swa)                \
  X(llama_model_rope_type)            \
  X(llama_model_size)                 \
  X(llama_model_meta_val_str)         \
  X(llama_model_chat_template)        \
  X(llama_model_has_encoder)          \
  X(llama_model_is_recurrent)         \
  X(llama_model_is_hybrid)            \
  X(llama_model_is_diffusion)         \
  X(llama_init_from_model)            \
  X(llama_free)                       \
  X(llama_attach_threadpool)          \
  X(llama_detach_threadpool)          \
  X(llama_get_memory)                 \
  X(llama_memory_clear)               \
  X(llama_memory_seq_rm)              \
  X(llama_memory_seq_pos_max)         \
  X(llama_n_ctx)                      \
  X(llama_n_ubatch)                   \
  X(llama_n_seq_max)                  \
  X(llama_decode)                     \
  X(llama_synchronize)                \
  X(llama_get_logits_ith)             \
  X(llama_vocab_type)                 \
  X(llama_vocab_n_tokens)             \
  X(llama_vocab_is_eog)               \
  X(llama_vocab_is_control)           \
  X(llama_vocab_bos)                  \
  X(llama_vocab_get_add_bos)          \
  X(llama_tokenize)                   \
  X(llama_token_to_piece)             \
  X(llama_detokenize)                 \
  X(llama_chat_apply_template)        \
  X(llama_sampler_chain_init)         \
  X(llama_sampler_chain_add)          \
  X(llama_sampler_init_top_k)         \
  X(llama_sampler_init_top_p)         \
  X(llama_sampler_init_min_p)         \
  X(llama_sampler_init_temp)          \
  X(llama_sampler_init_dist)          \
  X(llama_sampler_apply)              \
  X(llama_sampler_free)               \
  X(ggml_backend_buffer_is_host)      \
  X(ggml_backend_tensor_set)          \
  X(ggml_backend_tensor_get)          \
  X(ggml_backend_load_all_from_path)  \
  X(ggml_backend_dev_count)           \
  X(ggml_backend_dev_by_type)         \
  X(ggml_backend_dev_backend_reg)     \
  X(ggml_backend_reg_get_proc_address) \
  X(ggml_threadpool_params_default)

/// The resolved functions, and the two that live in the CPU backend's own library.
struct Library {
#define NIR_MEMBER(name) decltype(&::name) name = nullptr;
  NIR_LLAMA_SYMBOLS(NIR_MEMBER)
#undef NIR_MEMBER
  struct ggml_threadpool* (*threadpool_new)(struct ggml_threadpool_params*) = nullptr;
  void (*threadpool_free)(struct ggml_threadpool*) = nullptr;
  std::string path;
};

/// Resolves the symbols once for the process and returns them. `path`: libllama's file; empty: the libllama
/// that is already mapped into the process. Throws LIBRARY_NOT_FOUND, LIBRARY_MISMATCH.
const Library& load_library(const std::string& path);

/// The loaded library. Throws LIBRARY_NOT_FOUND before load_library() has succeeded.
const Library& library();

}  // namespace nir
