#include "context.hpp"

#include "convert.hpp"
#include "job.hpp"
#include "model.hpp"

namespace nir::binding {
namespace {

Batch to_batch(const Napi::Object& object) {
  Batch batch;
  batch.tokens = to_ints(object.Get("tokens"));
  batch.positions = to_ints(object.Get("positions"));
  batch.sequences = to_ints(object.Get("sequences"));
  batch.plans = to_ints(object.Get("plans"));
  batch.samplers = to_ints(object.Get("samplers"));
  batch.capture_layers = to_ints(object.Get("captureLayers"));
  batch.overwrite = to_floats(object.Get("overwrite"));
  const Napi::Value layer = object.Get("overwriteLayer");
  if (layer.IsNumber()) batch.overwrite_layer = layer.As<Napi::Number>();
  batch.record_context = object.Get("recordContext").ToBoolean();
  batch.want_logits = object.Get("wantLogits").ToBoolean();
  return batch;
}

Napi::Value from_decoded(Napi::Env env, Decoded&& decoded) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Int32Array tokens = Napi::Int32Array::New(env, decoded.sampled.size());
  Napi::Float32Array log_probabilities = Napi::Float32Array::New(env, decoded.sampled.size());
  for (size_t i = 0; i < decoded.sampled.size(); ++i) {
    tokens[i] = decoded.sampled[i].token;
    log_probabilities[i] = decoded.sampled[i].log_probability;
  }
  object.Set("tokens", tokens);
  object.Set("logProbabilities", log_probabilities);
  if (!decoded.logits.empty()) object.Set("logits", to_float_array(env, std::move(decoded.logits)));
  Napi::Array captured = Napi::Array::New(env, decoded.captured.size());
  for (uint32_t i = 0; i < decoded.captured.size(); ++i) captured.Set(i, to_float_array(env, std::move(decoded.captured[i])));
  object.Set("captured", captured);
  return object;
}

}  // namespace

void ContextObject::define(Napi::Env env, Napi::Object) {
  const Napi::Function constructor = DefineClass(env, "NativeContext",
                                                 {InstanceMethod<&ContextObject::decode>("decode"),
                                                  InstanceMethod<&ContextObject::probe>("probe"),
                                                  InstanceMethod<&ContextObject::define_plan>("definePlan"),
                                                  InstanceMethod<&ContextObject::define_sampler>("defineSampler"),
                                                  InstanceMethod<&ContextObject::release_plan>("releasePlan"),
                                                  InstanceMethod<&ContextObject::release_sampler>("releaseSampler"),
                                                  InstanceMethod<&ContextObject::remove_sequence>("removeSequence"),
                                                  InstanceMethod<&ContextObject::abort>("abort"),
                                                  InstanceMethod<&ContextObject::close>("close")});
  env.GetInstanceData<Environment>()->context_class = Napi::Persistent(constructor);
}

ContextObject::ContextObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<ContextObject>(info) {
  context_ = *info[0].As<Napi::External<std::shared_ptr<Context>>>().Data();
}

Napi::Value ContextObject::create(const Napi::CallbackInfo& info) {
  const std::shared_ptr<Model> model = ModelObject::Unwrap(info[0].As<Napi::Object>())->model();
  const Napi::Object object = info[1].As<Napi::Object>();
  ContextOptions options;
  options.cells = object.Get("cells").As<Napi::Number>();
  options.batch_size = object.Get("batchSize").As<Napi::Number>();
  options.sequences = object.Get("sequences").As<Napi::Number>();
  options.threads = object.Get("threads").As<Napi::Number>();
  options.flash_attention = object.Get("flashAttention").ToBoolean();
  options.f32_cache = object.Get("f32Cache").ToBoolean();
  return Job<std::shared_ptr<Context>>::start(
      info.Env(), [model, options] { return std::make_shared<Context>(model, options); },
      [](Napi::Env env, std::shared_ptr<Context>&& context) -> Napi::Value {
        return env.GetInstanceData<Environment>()->context_class.New(
            {Napi::External<std::shared_ptr<Context>>::New(env, &context)});
      });
}

Napi::Value ContextObject::decode(const Napi::CallbackInfo& info) {
  auto batch = std::make_shared<Batch>(to_batch(info[0].As<Napi::Object>()));
  const std::shared_ptr<Context> context = context_;
  context->clear_abort();  // here, so that an abort before the worker starts counts
  return Job<Decoded>::start(info.Env(), [context, batch] { return context->decode(*batch); }, &from_decoded);
}

Napi::Value ContextObject::probe(const Napi::CallbackInfo& info) {
  const std::shared_ptr<Context> context = context_;
  return Job<bool>::start(
      info.Env(),
      [context] {
        context->probe();
        return true;
      },
      [](Napi::Env env, bool&&) -> Napi::Value { return env.Undefined(); });
}

Napi::Value ContextObject::define_plan(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Napi::Object object = info[0].As<Napi::Object>();
    Plan plan;
    const std::vector<int32_t> visible = to_ints(object.Get("visible"));  // context, from, until; …
    for (size_t i = 0; i + 2 < visible.size(); i += 3) plan.visible.push_back({visible[i], visible[i + 1], visible[i + 2]});
    const Napi::Array additions = object.Get("additions").As<Napi::Array>();
    for (uint32_t i = 0; i < additions.Length(); ++i) {
      const Napi::Object addition = additions.Get(i).As<Napi::Object>();
      plan.additions.push_back({addition.Get("layer").As<Napi::Number>(), to_floats(addition.Get("vector"))});
    }
    plan.shift = object.Get("shift").As<Napi::Number>();
    plan.shift_from = object.Get("shiftFrom").As<Napi::Number>();
    return Napi::Number::New(info.Env(), context_->define_plan(std::move(plan)));
  });
}

Napi::Value ContextObject::define_sampler(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&]() -> Napi::Value {
    const Napi::Object object = info[0].As<Napi::Object>();
    Sampling sampling;
    sampling.temperature = object.Get("temperature").As<Napi::Number>();
    sampling.top_k = object.Get("topK").As<Napi::Number>();
    sampling.top_p = object.Get("topP").As<Napi::Number>();
    sampling.min_p = object.Get("minP").As<Napi::Number>();
    sampling.seed = object.Get("seed").As<Napi::Number>();
    return Napi::Number::New(info.Env(), context_->define_sampler(sampling));
  });
}

void ContextObject::release_plan(const Napi::CallbackInfo& info) { context_->release_plan(info[0].As<Napi::Number>()); }
void ContextObject::release_sampler(const Napi::CallbackInfo& info) { context_->release_sampler(info[0].As<Napi::Number>()); }
void ContextObject::remove_sequence(const Napi::CallbackInfo& info) { context_->remove_sequence(info[0].As<Napi::Number>()); }
void ContextObject::abort(const Napi::CallbackInfo&) { context_->abort(); }
void ContextObject::close(const Napi::CallbackInfo&) { context_.reset(); }

}  // namespace nir::binding
