#pragma once
#include <napi.h>

#include <memory>

#include "../core/context.hpp"

namespace nir::binding {

/// The JavaScript face of nir::Context, one method for one.
class ContextObject : public Napi::ObjectWrap<ContextObject> {
 public:
  static void define(Napi::Env env, Napi::Object exports);
  static Napi::Value create(const Napi::CallbackInfo& info);
  explicit ContextObject(const Napi::CallbackInfo& info);

 private:
  Napi::Value decode(const Napi::CallbackInfo& info);
  Napi::Value probe(const Napi::CallbackInfo& info);
  Napi::Value define_plan(const Napi::CallbackInfo& info);
  Napi::Value define_sampler(const Napi::CallbackInfo& info);
  void release_plan(const Napi::CallbackInfo& info);
  void release_sampler(const Napi::CallbackInfo& info);
  void remove_sequence(const Napi::CallbackInfo& info);
  void clear(const Napi::CallbackInfo& info);
  void abort(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);

  std::shared_ptr<Context> context_;
};

}  // namespace nir::binding
