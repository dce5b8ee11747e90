#include "context.hpp"

#include "convert.hpp"
#include "job.hpp"
#include "model.hpp"

namespace nir::binding {
namespace {

/// A batch, and what keeps the JavaScript memory alive that it reads and writes.
struct Work {
  Batch batch;
  std::vector<Napi::Reference<Napi::Float32Array>> pinned;
};

std::shared_ptr<Work> to_work(const Napi::Object& object, size_t hidden_size) {
  auto work = std::make_shared<Work>();
  Batch& batch = work->batch;
  batch.tokens = to_ints(object.Get("tokens"));
  batch.positions = to_ints(object.Get("positions"));
  batch.sequences = to_ints(object.Get("sequences"));
  batch.plans = to_ints(object.Get("plans"));
  batch.samplers = to_ints(object.Get("samplers"));
  batch.recorded = to_ints(object.Get("recorded"));
  batch.logit_rows = to_ints(object.Get("logitRows"));
  batch.attention_rows = to_ints(object.Get("attentionRows"));
  const auto each = [&](const char* name, auto add) {
    const Napi::Value value = object.Get(name);
    if (!value.IsArray()) return;
    const Napi::Array list = value.As<Napi::Array>();
    for (uint32_t i = 0; i < list.Length(); ++i) {
      const Napi::Object item = list.Get(i).As<Napi::Object>();
      const int32_t row = item.Get("row").As<Napi::Number>();
      const int32_t count = item.Get("count").As<Napi::Number>();
      const int32_t layer = item.Get("layer").As<Napi::Number>();
      Napi::Float32Array states = item.Get("states").As<Napi::Float32Array>();
      if (count < 0 || states.ElementLength() != static_cast<size_t>(count) * hidden_size)
        throw to_js_error(object.Env(), "INVALID_BATCH", "Hidden states have the wrong shape.");
      work->pinned.push_back(Napi::Persistent(states));
      add(row, count, layer, states.Data());
    }
  };
  each("captures", [&](int32_t row, int32_t count, int32_t layer, float* states) {
    batch.captures.push_back({row, count, layer, states});
  });
  each("overwrites", [&](int32_t row, int32_t count, int32_t layer, float* states) {
    batch.overwrites.push_back({row, count, layer, states});
  });
  return work;
}

Napi::Value from_decoded(Napi::Env env, Decoded&& decoded) {
  Napi::Object object = Napi::Object::New(env);
  Napi::Int32Array tokens = Napi::Int32Array::New(env, decoded.sampled.size());
  Napi::Float32Array log_probabilities = Napi::Float32Array::New(env, decoded.sampled.size());
  Napi::Float32Array entropies = Napi::Float32Array::New(env, decoded.sampled.size());
  for (size_t i = 0; i < decoded.sampled.size(); ++i) {
    tokens[i] = decoded.sampled[i].token;
    log_probabilities[i] = decoded.sampled[i].log_probability;
    entropies[i] = decoded.sampled[i].entropy;
  }
  object.Set("tokens", tokens);
  object.Set("logProbabilities", log_probabilities);
  object.Set("entropies", entropies);
  object.Set("logits", to_float_array(env, std::move(decoded.logits)));
  object.Set("attention", to_float_array(env, std::move(decoded.attention)));
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
                                                  InstanceMethod<&ContextObject::clear>("clear"),
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
  const std::shared_ptr<Context> context = context_;
  const std::shared_ptr<Work> work = to_work(info[0].As<Napi::Object>(), context->hidden_size());
  context->clear_abort();  // here, so that an abort before the worker starts counts
  return Job<Decoded>::start(info.Env(), [context, work] { return context->decode(work->batch); }, &from_decoded);
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
    const std::vector<int32_t> shifts = to_ints(object.Get("shifts"));  // from, until, first, amount; …
    for (size_t i = 0; i + 3 < shifts.size(); i += 4) plan.shifts.push_back({shifts[i], shifts[i + 1], shifts[i + 2], shifts[i + 3]});
    const Napi::Array edits = object.Get("edits").As<Napi::Array>();
    for (uint32_t i = 0; i < edits.Length(); ++i) {
      const Napi::Object edit = edits.Get(i).As<Napi::Object>();
      plan.edits.push_back({edit.Get("layer").As<Napi::Number>(), edit.Get("first").As<Napi::Number>(),
                            edit.Get("last").As<Napi::Number>(), edit.Get("replace").ToBoolean(),
                            to_floats(edit.Get("values"))});
    }
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
void ContextObject::clear(const Napi::CallbackInfo&) { context_->clear(); }
void ContextObject::abort(const Napi::CallbackInfo&) { context_->abort(); }
void ContextObject::close(const Napi::CallbackInfo&) { context_.reset(); }

}  // namespace nir::binding
