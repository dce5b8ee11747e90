#pragma once
#include <napi.h>

#include <exception>
#include <functional>
#include <string>
#include <utility>

#include "../core/error.hpp"

namespace nir::binding {

/// A JavaScript error with the `code` of a nir::Error.
inline Napi::Error to_js_error(Napi::Env env, const std::string& code, const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  return error;
}

/// Calls `work` on the JavaScript thread and turns its C++ exceptions into JavaScript ones.
template <typename Work>
auto guarded(Napi::Env env, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const Napi::Error&) {
    throw;
  } catch (const Error& error) {
    throw to_js_error(env, error.code, error.what());
  } catch (const std::exception& error) {
    throw to_js_error(env, "NATIVE_FAILURE", error.what());
  }
}

/// One piece of work off the JavaScript thread, as a promise. `work` makes a Result without touching JavaScript;
/// `convert` turns it into a value on the JavaScript thread.
template <typename Result>
class Job : public Napi::AsyncWorker {
 public:
  using Work = std::function<Result()>;
  using Convert = std::function<Napi::Value(Napi::Env, Result&&)>;

  static Napi::Promise start(Napi::Env env, Work work, Convert convert) {
    auto* job = new Job(env, std::move(work), std::move(convert));  // deletes itself when done
    const Napi::Promise promise = job->deferred_.Promise();
    job->Queue();
    return promise;
  }

 private:
  Job(Napi::Env env, Work work, Convert convert)
      : Napi::AsyncWorker(env), work_(std::move(work)), convert_(std::move(convert)), deferred_(env) {}

  void Execute() override {
    try {
      result_ = work_();
    } catch (const Error& error) {
      code_ = error.code;
      SetError(error.what());
    } catch (const std::bad_alloc&) {
      code_ = "OUT_OF_MEMORY";
      SetError("There is not enough memory.");
    } catch (const std::exception& error) {
      code_ = "NATIVE_FAILURE";
      SetError(error.what());
    }
  }
  void OnOK() override {
    try {
      deferred_.Resolve(convert_(Env(), std::move(result_)));
    } catch (const Napi::Error& error) {
      deferred_.Reject(error.Value());
    }
  }
  void OnError(const Napi::Error& error) override { deferred_.Reject(to_js_error(Env(), code_, error.Message()).Value()); }

  Work work_;
  Convert convert_;
  Napi::Promise::Deferred deferred_;
  Result result_{};
  std::string code_;
};

}  // namespace nir::binding
