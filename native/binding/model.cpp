#include "model.hpp"

#include "convert.hpp"
#include "job.hpp"

namespace nir::binding {
namespace {

/// Tells a JavaScript function how much is loaded, once a percent, from the loading thread.
class LoadReport {
 public:
  LoadReport(Napi::Env env, const Napi::Function& report)
      : report_(Napi::ThreadSafeFunction::New(env, report, "nir load progress", 0, 1)) {}
  ~LoadReport() { report_.Release(); }
  LoadReport(const LoadReport&) = delete;
  LoadReport& operator=(const LoadReport&) = delete;

  void tell(float share) {
    const int percent = static_cast<int>(share * 100);
    if (percent == told_) return;
    told_ = percent;
    report_.NonBlockingCall(
        [percent](Napi::Env env, Napi::Function report) { report.Call({Napi::Number::New(env, percent / 100.0)}); });
  }

 private:
  Napi::ThreadSafeFunction report_;
  int told_ = -1;
};

}  // namespace

void ModelObject::define(Napi::Env env, Napi::Object) {
  const Napi::Function constructor = DefineClass(env, "NativeModel",
                                                 {InstanceMethod<&ModelObject::info>("info"),
                                                  InstanceMethod<&ModelObject::metadata>("metadata"),
                                                  InstanceMethod<&ModelObject::tokenize>("tokenize"),
                                                  InstanceMethod<&ModelObject::detokenize>("detokenize"),
                                                  InstanceMethod<&ModelObject::piece>("piece"),
                                                  InstanceMethod<&ModelObject::is_end>("isEnd"),
                                                  InstanceMethod<&ModelObject::chat>("chat"),
                                                  InstanceMethod<&ModelObject::close>("close")});
  env.GetInstanceData<Environment>()->model_class = Napi::Persistent(constructor);
}

ModelObject::ModelObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ModelObject>(info) {
  model_ = *info[0].As<Napi::External<std::shared_ptr<Model>>>().Data();
}

Napi::Value ModelObject::load(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>();
  const int32_t gpu_layers = info[1].As<Napi::Number>();
  MetadataNumbers overrides;
  if (info[2].IsObject())
    for (const auto& [key, value] : info[2].As<Napi::Object>())
      overrides[key.As<Napi::String>()] = static_cast<Napi::Value>(value).As<Napi::Number>().Int64Value();
  std::shared_ptr<LoadReport> report;
  if (info[3].IsFunction()) report = std::make_shared<LoadReport>(info.Env(), info[3].As<Napi::Function>());
  return Job<std::shared_ptr<Model>>::start(
      info.Env(),
      [path, gpu_layers, overrides, report] {
        LoadProgress on_progress;
        if (report) on_progress = [report](float share) { report->tell(share); };
        return std::make_shared<Model>(path, gpu_layers, overrides, on_progress);
      },
      [](Napi::Env env, std::shared_ptr<Model>&& model) -> Napi::Value {
        return env.GetInstanceData<Environment>()->model_class.New(
            {Napi::External<std::shared_ptr<Model>>::New(env, &model)});
      });
}

Napi::Value ModelObject::info(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Napi::Env env = info.Env();
    Napi::Object object = Napi::Object::New(env);
    object.Set("layerCount", model_->layer_count());
    object.Set("hiddenSize", model_->hidden_size());
    object.Set("vocabularySize", model_->vocabulary_size());
    object.Set("trainingContextSize", model_->training_context_size());
    object.Set("slidingWindow", model_->sliding_window());
    object.Set("sizeBytes", static_cast<double>(model_->size_bytes()));
    object.Set("hasTokenizer", model_->has_tokenizer());
    object.Set("bosToken", model_->bos());
    object.Set("unsupportedReason", model_->unsupported_reason());
    return object;
  });
}

Napi::Value ModelObject::metadata(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), model_->metadata(info[0].As<Napi::String>()));
}

Napi::Value ModelObject::tokenize(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    return to_int_array(info.Env(), model_->tokenize(info[0].As<Napi::String>(), info[1].As<Napi::Boolean>(), info[2].As<Napi::Boolean>()));
  });
}

Napi::Value ModelObject::detokenize(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::string text = model_->detokenize(to_ints(info[0]), info[1].As<Napi::Boolean>());
    return Napi::Buffer<char>::Copy(info.Env(), text.data(), text.size());
  });
}

Napi::Value ModelObject::piece(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const std::string bytes = model_->piece(info[0].As<Napi::Number>(), info[1].As<Napi::Boolean>());
    return Napi::Buffer<char>::Copy(info.Env(), bytes.data(), bytes.size());
  });
}

Napi::Value ModelObject::is_end(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), model_->is_end(info[0].As<Napi::Number>()));
}

Napi::Value ModelObject::chat(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Napi::Array list = info[0].As<Napi::Array>();
    std::vector<std::pair<std::string, std::string>> messages;
    for (uint32_t i = 0; i < list.Length(); ++i) {
      const Napi::Object message = list.Get(i).As<Napi::Object>();
      messages.emplace_back(message.Get("role").As<Napi::String>(), message.Get("content").As<Napi::String>());
    }
    return Napi::String::New(info.Env(), model_->chat(messages));
  });
}

void ModelObject::close(const Napi::CallbackInfo&) { model_.reset(); }

}  // namespace nir::binding
