#pragma once
#include <napi.h>

#include <memory>

#include "../core/model.hpp"

namespace nir::binding {

/// The JavaScript face of nir::Model, one method for one.
class ModelObject : public Napi::ObjectWrap<ModelObject> {
 public:
  static void define(Napi::Env env, Napi::Object exports);
  static Napi::Value load(const Napi::CallbackInfo& info);
  explicit ModelObject(const Napi::CallbackInfo& info);
  std::shared_ptr<Model> model() const { return model_; }

 private:
  Napi::Value info(const Napi::CallbackInfo& info);
  Napi::Value metadata(const Napi::CallbackInfo& info);
  Napi::Value tokenize(const Napi::CallbackInfo& info);
  Napi::Value detokenize(const Napi::CallbackInfo& info);
  Napi::Value piece(const Napi::CallbackInfo& info);
  Napi::Value is_end(const Napi::CallbackInfo& info);
  Napi::Value chat(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  std::shared_ptr<Model> model_;
};

/// What the addon keeps for one JavaScript environment (the main thread, or a worker).
struct Environment {
  Napi::FunctionReference model_class;
  Napi::FunctionReference context_class;
};

}  // namespace nir::binding
