// Models: what they tell, and what a model without a tokenizer, or no model at all, gives.
#include <core/model.hpp>

#include <cstdio>

#include "check.hpp"
#include "setup.hpp"

TEST("a token-only model tells its dimensions, and refuses text") {
  const nir::Model& model = *setup().model;
  CHECK(model.layer_count() == 6 && model.hidden_size() == 64 && model.vocabulary_size() == 320);
  CHECK(model.metadata("general.architecture") == "llama" && model.metadata("no.such.key").empty());
  CHECK(model.unsupported_reason().empty() && !model.has_tokenizer());
  CHECK(model.bos() == -1 && !model.is_end(0) && !model.is_end(100000));
  CHECK(error_of([&] { model.tokenize("text", true, true); }) == "NO_TOKENIZER");
  CHECK(error_of([&] { model.detokenize({1, 2}, true); }) == "NO_TOKENIZER");
  CHECK(error_of([&] { model.piece(1, true); }) == "NO_TOKENIZER");
  CHECK(error_of([&] { model.chat({{"user", "text"}}); }) == "NO_CHAT_TEMPLATE");
}

TEST("a file that is no model is MODEL_LOAD_FAILED") {
  for (const char* path : {"/nowhere/model.gguf", "/proc/self/exe", "/", ""})
    CHECK(error_of([&] { nir::Model model(path, 0); }) == "MODEL_LOAD_FAILED");
}

TEST("models and contexts come and go, and a context outlives its model's other owners") {
  for (int time = 0; time < 20; ++time) {
    auto model = std::make_shared<nir::Model>(setup().model_path, 0);
    nir::Context context(model, exact_options());
    model.reset();
    CHECK(last_logits(context, some_tokens(3, 1), 0, 0).size() == 320);
  }
}

TEST("a context that is too large, or of too many sequences, is CONTEXT_FAILED") {
  nir::ContextOptions options = exact_options();
  options.sequences = 100000;
  CHECK(error_of([&] { nir::Context context(setup().model, options); }) == "CONTEXT_FAILED");
}

TEST("text survives tokenizing, in pieces and whole") {
  if (setup().text_model_path.empty()) return;
  const nir::Model model(setup().text_model_path, 0);
  std::string text = "def f(x):\n    return x + 1  # caf\u00e9 \u4f60\u597d \U0001F600\n";
  for (int time = 0; time < 3; ++time) text += text;
  const Tokens tokens = model.tokenize(text, false, false);
  std::string pieces;
  for (llama_token token : tokens) pieces += model.piece(token, false);
  // Some tokenizers put a space in front.
  const auto stripped = [](const std::string& s) { return s.substr(s.find_first_not_of(' ')); };
  CHECK(stripped(pieces) == text);
  CHECK(stripped(model.detokenize(tokens, false)) == text);
  CHECK(model.tokenize("", false, false).empty() && model.detokenize({}, true).empty());
  CHECK(!model.metadata("tokenizer.ggml.model").empty());
  if (error_of([&] { model.chat({}); }).empty())
    CHECK(model.chat({{"system", text}, {"user", text}}).find(text.substr(0, 9)) != std::string::npos);
}
