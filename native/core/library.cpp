#include "library.hpp"

#include "error.hpp"

#if defined(_WIN32)
#error "Windows: resolving llama.cpp's symbols is not written yet; use WSL."
#endif

#include <dlfcn.h>
#if defined(__APPLE__)
#include <mach-o/dyld.h>
#else
#include <link.h>
#endif

#include <mutex>

namespace nir {
namespace {

bool is_libllama(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  return name.rfind("libllama.", 0) == 0;
}

std::string mapped_libllama() {
#if defined(__APPLE__)
  for (uint32_t i = 0; i < _dyld_image_count(); ++i) {
    const std::string path = _dyld_get_image_name(i);
    if (is_libllama(path)) return path;
  }
  return "";
#else
  std::string found;
  dl_iterate_phdr(
      [](dl_phdr_info* info, size_t, void* out) {
        if (!info->dlpi_name || !is_libllama(info->dlpi_name)) return 0;
        *static_cast<std::string*>(out) = info->dlpi_name;
        return 1;
      },
      &found);
  return found;
#endif
}

Library resolve(const std::string& wanted) {
  Library lib;
  lib.path = wanted.empty() ? mapped_libllama() : wanted;
  if (lib.path.empty()) throw Error("LIBRARY_NOT_FOUND", "libllama is not loaded into this process.");
  void* handle = dlopen(lib.path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) throw Error("LIBRARY_NOT_FOUND", std::string("libllama does not load: ") + dlerror() + ".");

#define NIR_RESOLVE(name)                                                             \
  lib.name = reinterpret_cast<decltype(lib.name)>(dlsym(handle, #name));              \
  if (!lib.name)                                                                      \
    throw Error("LIBRARY_MISMATCH", "'" + lib.path + "' has no function '" #name "'.");
  NIR_LLAMA_SYMBOLS(NIR_RESOLVE)
#undef NIR_RESOLVE

  // Structures passed by value change between versions, so headers and library must be of one build.
  const std::string version = lib.llama_version();
  const std::string built = NIR_LLAMA_VERSION;  // the library adds a suffix such as "-dev"
  if (version.compare(0, built.size(), built) != 0 || (version.size() > built.size() && version[built.size()] != '-'))
    throw Error("LIBRARY_MISMATCH", "The addon was built for llama.cpp '" NIR_LLAMA_VERSION "', but '" + lib.path +
                                        "' is '" + version + "'.");

  if (lib.ggml_backend_dev_count() == 0)
    lib.ggml_backend_load_all_from_path(lib.path.substr(0, lib.path.rfind('/')).c_str());
  lib.llama_backend_init();

  if (ggml_backend_dev_t cpu = lib.ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU)) {
    ggml_backend_reg_t reg = lib.ggml_backend_dev_backend_reg(cpu);
    lib.threadpool_new = reinterpret_cast<decltype(lib.threadpool_new)>(
        lib.ggml_backend_reg_get_proc_address(reg, "ggml_threadpool_new"));
    lib.threadpool_free = reinterpret_cast<decltype(lib.threadpool_free)>(
        lib.ggml_backend_reg_get_proc_address(reg, "ggml_threadpool_free"));
  }
  return lib;
}

std::mutex mutex;
const Library* loaded = nullptr;

}  // namespace

const Library& load_library(const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex);
  if (!loaded) loaded = new Library(resolve(path));  // lives as long as the process, as the library does
  return *loaded;
}

const Library& library() {
  const std::lock_guard<std::mutex> lock(mutex);
  if (!loaded) throw Error("LIBRARY_NOT_FOUND", "llama.cpp is not loaded.");
  return *loaded;
}

}  // namespace nir
