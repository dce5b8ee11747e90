#include <napi.h>

#include <algorithm>

#include "../core/half.hpp"
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

Napi::Value to_half(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Napi::Float32Array values = info[0].As<Napi::Float32Array>();
    Napi::Uint16Array halves = Napi::Uint16Array::New(info.Env(), values.ElementLength());
    std::transform(values.Data(), values.Data() + values.ElementLength(), halves.Data(), nir::to_half);
    return halves;
  });
}

Napi::Value from_half(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Napi::Uint16Array halves = info[0].As<Napi::Uint16Array>();
    Napi::Float32Array values = Napi::Float32Array::New(info.Env(), halves.ElementLength());
    std::transform(halves.Data(), halves.Data() + halves.ElementLength(), values.Data(), nir::from_half);
    return values;
  });
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new Environment());
  ModelObject::define(env, exports);
  ContextObject::define(env, exports);
  exports.Set("loadLibrary", Napi::Function::New<&load_library>(env));
  exports.Set("loadModel", Napi::Function::New<&ModelObject::load>(env));
  exports.Set("toHalf", Napi::Function::New<&to_half>(env));
  exports.Set("fromHalf", Napi::Function::New<&from_half>(env));
  exports.Set("createContext", Napi::Function::New<&ContextObject::create>(env));
  return exports;
}

NODE_API_MODULE(nir_engine, init)

}  // namespace
}  // namespace nir::binding
