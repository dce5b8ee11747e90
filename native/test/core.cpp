// nir-core <libllama> <model.gguf> [<model with a tokenizer.gguf>]: tests of the engine's core.
#include <core/library.hpp>
#include <core/model.hpp>

#include <chrono>
#include <cstdio>
#include <exception>

#include "check.hpp"
#include "setup.hpp"

namespace {

/// What has to be seen before a library is loaded, which happens once in a process.
void load(const std::string& path) {
  CHECK(error_of([] { nir::library(); }) == "LIBRARY_NOT_FOUND");
  CHECK(error_of([] { nir::load_library(""); }) == "LIBRARY_NOT_FOUND");
  CHECK(error_of([] { nir::load_library("/nowhere/libllama.so"); }) == "LIBRARY_NOT_FOUND");
#if defined(__linux__)
  CHECK(error_of([] { nir::load_library("libm.so.6"); }) == "LIBRARY_MISMATCH");
#endif
  const nir::Library& library = nir::load_library(path);
  library.llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  CHECK(&nir::library() == &library);
  CHECK(&nir::load_library("/nowhere/libllama.so") == &library);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s <libllama> <model.gguf> [<model with a tokenizer.gguf>]\n", argv[0]);
    return 2;
  }
  int failures = 0;
  try {
    load(argv[1]);
    setup() = {std::make_shared<nir::Model>(argv[2], 0), argv[2], argc > 3 ? argv[3] : ""};
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  for (const Test& test : tests()) {
    const auto start = std::chrono::steady_clock::now();
    std::string reason;
    try {
      test.run();
    } catch (const nir::Error& error) {
      reason = error.code + ": " + error.what();
    } catch (const std::exception& error) {
      reason = error.what();
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    std::printf("%s %s (%.1f s)\n", reason.empty() ? "ok    " : "FAILED", test.name, time.count());
    if (!reason.empty()) std::printf("       %s\n", reason.c_str());
    std::fflush(stdout);  // what comes before an abort should be seen
    failures += !reason.empty();
  }
  std::printf("%zu tests, %d failed\n", tests().size(), failures);
  setup() = {};
  return failures == 0 ? 0 : 1;
}
