#include <napi.h>

#include "../core/library.hpp"
#include "context.hpp"
#include "job.hpp"
#include "model.hpp"

namespace nir::binding {
namespace {

Napi::Value load_library(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::string path = info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : "";
    const Library& lib = nir::load_library(path);
    Napi::Object object = Napi::Object::New(info.Env());
    object.Set("path", lib.path);
    object.Set("version", lib.llama_version());
    return object;
  });
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Environment());
  ModelObject::define(env, exports);
  ContextObject::define(env, exports);
  exports.Set("loadLibrary", Napi::Function::New<&load_library>(env));
  exports.Set("loadModel", Napi::Function::New<&ModelObject::load>(env));
  exports.Set("createContext", Napi::Function::New<&ContextObject::create>(env));
  return exports;
}

NODE_API_MODULE(nir_engine, init)

}  // namespace
}  // namespace nir::binding
