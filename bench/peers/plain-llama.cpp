// Plain llama.cpp, for the benchmarks to compare with: the same library, model and context parameters as the engine,
// but no evaluation callback, no abort callback, no interventions, and the most probable token without its probability.
//
//   plain-llama LIBLLAMA MODEL CELLS THREADS FLASH_ATTENTION(0|1)
//
// Reads a command a line and answers each with a line of JSON (ends at the end of its input):
//   clear         empties the cache
//   shared N V    decodes N tokens that the sequences 0 … V-1 see; no logits
//   prefill S N   decodes N tokens of its own for each of the sequences 0 … S-1, behind the shared ones
//   decode K      K greedy steps, a row a sequence
// `milliseconds` has one number a decode step, or one for a whole prefill; `cells` is what a row of sequence 0 sees.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/library.hpp"

namespace {

constexpr int BATCH = 512, SEQUENCES = 128;  // as the engine: native/core/context.hpp
enum Text { SHARED = 1, OWN = 2 };           // as bench/lib/tokens.ts

class Plain {
 public:
  Plain(const char* path, int cells, int threads, bool flash_attention) {
    llama_model_params model_params = lib_.llama_model_default_params();
    model_params.n_gpu_layers = 0;
    llama_model* model = lib_.llama_model_load_from_file(path, model_params);
    if (!model) throw std::runtime_error("the model does not load");
    vocabulary_ = lib_.llama_vocab_n_tokens(lib_.llama_model_get_vocab(model));
    llama_context_params params = lib_.llama_context_default_params();
    params.n_ctx = static_cast<uint32_t>(cells);
    params.n_batch = params.n_ubatch = BATCH;
    params.n_seq_max = params.n_outputs_max = SEQUENCES;
    params.n_threads = params.n_threads_batch = threads;
    params.flash_attn_type = flash_attention ? LLAMA_FLASH_ATTN_TYPE_ENABLED : LLAMA_FLASH_ATTN_TYPE_DISABLED;
    params.kv_unified = true;
    params.swa_full = true;
    params.no_perf = true;
    context_ = lib_.llama_init_from_model(model, params);
    if (!context_) throw std::runtime_error("no context");
    ggml_threadpool_params pool = lib_.ggml_threadpool_params_default(threads);
    ggml_threadpool* threadpool = lib_.threadpool_new(&pool);
    lib_.llama_attach_threadpool(context_, threadpool, threadpool);
  }

  void clear() {
    lib_.llama_memory_clear(lib_.llama_get_memory(context_), false);
    shared_ = own_ = 0;
    last_.clear();
  }

  void shared(int count, int viewers) {
    std::vector<llama_seq_id> all;
    for (int sequence = 0; sequence < viewers; ++sequence) all.push_back(sequence);
    for (int row = 0; row < count; ++row) {
      add(token(SHARED, row), row, all, false);
      if (full()) flush();
    }
    flush();
    shared_ = count;
  }

  void prefill(int sequences, int count) {
    last_.assign(static_cast<size_t>(sequences), 0);
    for (int sequence = 0; sequence < sequences; ++sequence)
      for (int row = 0; row < count; ++row) {
        add(token(OWN, row), shared_ + row, {sequence}, row == count - 1);
        if (full()) flush();
      }
    flush();
    own_ = count;
  }

  void step() {
    for (size_t sequence = 0; sequence < last_.size(); ++sequence)
      add(last_[sequence], shared_ + own_, {static_cast<llama_seq_id>(sequence)}, true);
    flush();
    ++own_;
  }

  int cells() const { return shared_ + own_; }
  const std::vector<llama_token>& tokens() const { return last_; }

 private:
  llama_token token(Text text, int index) const { return 3 + (index * 7919 + text * 104729) % (vocabulary_ - 16); }

  bool full() const { return tokens_.size() == BATCH; }

  void add(llama_token token, int position, const std::vector<llama_seq_id>& sequences, bool output) {
    tokens_.push_back(token);
    positions_.push_back(position);
    sequences_.push_back(sequences);
    outputs_.push_back(output);
  }

  /// Decodes what was added, and takes the most probable token of every output row.
  void flush() {
    if (tokens_.empty()) return;
    std::vector<int32_t> counts;
    std::vector<llama_seq_id*> ids;
    for (auto& sequences : sequences_) {
      counts.push_back(static_cast<int32_t>(sequences.size()));
      ids.push_back(sequences.data());
    }
    llama_batch batch = {};
    batch.n_tokens = static_cast<int32_t>(tokens_.size());
    batch.token = tokens_.data();
    batch.pos = positions_.data();
    batch.n_seq_id = counts.data();
    batch.seq_id = ids.data();
    batch.logits = outputs_.data();
    if (lib_.llama_decode(context_, batch) != 0) throw std::runtime_error("a decode failed");
    lib_.llama_synchronize(context_);
    for (size_t row = 0; row < tokens_.size(); ++row)
      if (outputs_[row]) last_[static_cast<size_t>(sequences_[row][0])] = best(lib_.llama_get_logits_ith(context_, static_cast<int32_t>(row)));
    tokens_.clear();
    positions_.clear();
    sequences_.clear();
    outputs_.clear();
  }

  llama_token best(const float* logits) const {
    llama_token best = 0;
    for (llama_token token = 1; token < vocabulary_; ++token)
      if (logits[token] > logits[best]) best = token;
    return best;
  }

  const nir::Library& lib_ = nir::library();
  llama_context* context_ = nullptr;
  int vocabulary_ = 0, shared_ = 0, own_ = 0;
  std::vector<llama_token> last_;  // of each sequence
  std::vector<llama_token> tokens_;
  std::vector<llama_pos> positions_;
  std::vector<std::vector<llama_seq_id>> sequences_;
  std::vector<int8_t> outputs_;
};

template <typename Task>
double timed(Task task) {
  const auto started = std::chrono::steady_clock::now();
  task();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
}

void answer(const std::vector<double>& milliseconds, const Plain& plain) {
  std::ostringstream out;
  const char* separator = "";
  out << "{\"milliseconds\":[";
  for (double value : milliseconds) out << separator << value, separator = ",";
  out << "],\"cells\":" << plain.cells() << ",\"tokens\":[";
  separator = "";
  for (llama_token token : plain.tokens()) out << separator << token, separator = ",";
  std::cout << out.str() << "]}" << std::endl;
}

void serve(Plain& plain) {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string command;
    int first = 0, second = 0;
    words >> command >> first >> second;
    std::vector<double> milliseconds;
    if (command == "clear") plain.clear();
    else if (command == "shared") milliseconds.push_back(timed([&] { plain.shared(first, second); }));
    else if (command == "prefill") milliseconds.push_back(timed([&] { plain.prefill(first, second); }));
    else if (command == "decode") for (int step = 0; step < first; ++step) milliseconds.push_back(timed([&] { plain.step(); }));
    else throw std::runtime_error("unknown command: " + line);
    answer(milliseconds, plain);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return std::cerr << "usage: plain-llama LIBLLAMA MODEL CELLS THREADS FLASH_ATTENTION\n", 2;
  try {
    nir::load_library(argv[1]);
    nir::library().llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
    Plain plain(argv[2], std::atoi(argv[3]), std::atoi(argv[4]), std::atoi(argv[5]) != 0);
    answer({}, plain);  // ready
    serve(plain);
  } catch (const std::exception& error) {
    std::cerr << "plain-llama: " << error.what() << "\n";
    return 1;
  }
}
