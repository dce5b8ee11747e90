{
  "targets": [
    {
      "target_name": "nir_engine",
      "sources": [
        "core/library.cpp",
        "core/model.cpp",
        "core/hooks.cpp",
        "core/sampler.cpp",
        "core/context.cpp",
        "binding/addon.cpp",
        "binding/model.cpp",
        "binding/context.cpp"
      ],
      "include_dirs": [
        "<!@(node -p \"require('node-addon-api').include\")",
        "headers/include",
        "headers/ggml/include"
      ],
      "defines": [
        "NAPI_VERSION=8",
        "NODE_ADDON_API_CPP_EXCEPTIONS",
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
        "NIR_LLAMA_VERSION=\"<!(node -p \"require('./headers/version.json').version\")\""
      ],
      "cflags!": ["-fno-exceptions"],
      "cflags_cc!": ["-fno-exceptions", "-fno-rtti"],
      "cflags_cc": ["-std=c++17", "-O2", "-Wall", "-Wextra", "-Wno-unused-parameter"],
      "xcode_settings": {
        "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
        "CLANG_CXX_LIBRARY": "libc++",
        "CLANG_CXX_LANGUAGE_STANDARD": "c++17",
        "MACOSX_DEPLOYMENT_TARGET": "11.0"
      }
    }
  ]
}
