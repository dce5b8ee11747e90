// Loaded into a process by LD_PRELOAD (Linux), it journals every change that the process makes below the folder WRITE_JOURNAL_ROOT
// into the file WRITE_JOURNAL, in order, and what it says on its standard output. An entry is a line
// `kind inode number length`, then `length` bytes:
//   create, mkdir   path                  a file or folder that was not there
//   write           the bytes written     number: where
//   resize                                number: the size
//   sync                                  of a file or folder
//   rename          from, a NUL, to       inode: of what is renamed
//   unlink          path
//   said            what was written to the standard output
// A file is known by its inode, so that descriptors need not be followed. One lock is held from a call's beginning to its end:
// the journal's order is the order in which things happened. What is not journalled ends the process; that nothing is missed
// otherwise is shown by whoever compares the folder with what the journal makes of nothing.
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <mutex>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include <unordered_set>

namespace {

using Lock = std::lock_guard<std::recursive_mutex>;
std::recursive_mutex mutex;

template <typename Function> Function *real(Function *, const char *name) {
  return reinterpret_cast<Function *>(dlsym(RTLD_NEXT, name));
}
#define REAL(name) static auto *const next = real(name, #name)

[[noreturn]] void fail(const char *what) {
  dprintf(2, "write-journal: %s\n", what);
  _exit(99);
}

const std::string &root() {
  static const std::string value = getenv("WRITE_JOURNAL_ROOT") ? getenv("WRITE_JOURNAL_ROOT") : "";
  return value;
}

// Past our own wrappers, whatever the process does.
void put(const void *bytes, size_t length) {
  static const int journal = [] {
    const char *path = getenv("WRITE_JOURNAL");
    return path ? int(syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) : -1;
  }();
  if (journal < 0) fail("WRITE_JOURNAL names no file that can be written");
  if (syscall(SYS_write, journal, bytes, length) != ssize_t(length)) fail("the journal cannot be written");
}

void tell(const char *kind, ino_t inode, off_t number, const void *bytes = nullptr, size_t length = 0) {
  char line[128];
  const int size = snprintf(line, sizeof line, "%s %llu %lld %zu\n", kind, (unsigned long long)inode, (long long)number, length);
  std::string entry(line, size);
  entry.append(static_cast<const char *>(bytes), length);
  put(entry.data(), entry.size());
}

void tell(const char *kind, ino_t inode, const std::string &text) { tell(kind, inode, 0, text.data(), text.size()); }

/** Files and folders below the root. */
std::unordered_set<ino_t> &known() {
  static auto *const inodes = new std::unordered_set<ino_t>; // outlives all threads
  return *inodes;
}

/** Of the root and what is below it: the path, absolute. Otherwise nothing. */
std::string below(int folder, const char *path) {
  if (root().empty() || !path || (path[0] != '/' && folder != AT_FDCWD)) return {};
  std::string whole = path;
  if (path[0] != '/') {
    char here[4096];
    if (!getcwd(here, sizeof here)) return {};
    whole = std::string(here) + '/' + path;
  }
  return whole == root() || whole.compare(0, root().size() + 1, root() + '/') == 0 ? whole : std::string();
}

bool look(const std::string &path, struct stat &found) { return lstat(path.c_str(), &found) == 0; }

/** Is the descriptor one of a file below the root? */
bool isOurs(int descriptor, struct stat &found) {
  return !root().empty() && fstat(descriptor, &found) == 0 && known().count(found.st_ino) > 0;
}

void refuse(int descriptor, const char *call) {
  struct stat found;
  const Lock lock(mutex);
  if (isOurs(descriptor, found)) fail(call);
}

template <typename Call> int opened(int folder, const char *path, int flags, Call call) {
  const std::string whole = below(folder, path);
  if (whole.empty()) return call();
  const Lock lock(mutex);
  struct stat before, after;
  const bool wasThere = look(whole, before);
  const int descriptor = call();
  if (descriptor < 0 || fstat(descriptor, &after) != 0) return descriptor;
  known().insert(after.st_ino);
  if (!wasThere) tell("create", after.st_ino, whole);
  else if ((flags & O_TRUNC) && before.st_size > 0) tell("resize", after.st_ino, 0);
  return descriptor;
}

/** A write at a place (`at`), or, where that is negative, where the descriptor stands. */
template <typename Call> ssize_t written(int descriptor, const iovec *parts, int count, off_t at, Call call) {
  struct stat found;
  const Lock lock(mutex);
  const bool isSaid = descriptor == 1;
  if (root().empty() || (!isSaid && !isOurs(descriptor, found))) return call();
  if (!isSaid && fcntl(descriptor, F_GETFL) & O_APPEND) at = found.st_size;
  else if (!isSaid && at < 0) at = lseek(descriptor, 0, SEEK_CUR);
  const ssize_t done = call();
  if (done <= 0) return done;
  std::string bytes;
  for (int part = 0; part < count; part++)
    bytes.append(static_cast<const char *>(parts[part].iov_base), parts[part].iov_len);
  tell(isSaid ? "said" : "write", isSaid ? 0 : found.st_ino, isSaid ? 0 : at, bytes.data(), size_t(done));
  return done;
}

template <typename Call> int resized(int descriptor, off_t size, Call call) {
  struct stat found;
  const Lock lock(mutex);
  const bool ours = isOurs(descriptor, found);
  const int result = call();
  if (ours && result == 0) tell("resize", found.st_ino, size);
  return result;
}

template <typename Call> int synced(int descriptor, Call call) {
  struct stat found;
  const Lock lock(mutex);
  const bool ours = isOurs(descriptor, found);
  const int result = call();
  if (ours && result == 0) tell("sync", found.st_ino, 0);
  return result;
}

template <typename Call> int madeFolder(const char *path, Call call) {
  const std::string whole = below(AT_FDCWD, path);
  const Lock lock(mutex);
  const int result = call();
  struct stat found;
  if (whole.empty() || result != 0 || !look(whole, found)) return result;
  known().insert(found.st_ino);
  tell("mkdir", found.st_ino, whole);
  return result;
}

template <typename Call> int removed(int folder, const char *path, Call call) {
  const std::string whole = below(folder, path);
  if (whole.empty()) return call();
  const Lock lock(mutex);
  struct stat found;
  const bool wasThere = look(whole, found);
  const int result = call();
  if (result != 0 || !wasThere) return result;
  known().erase(found.st_ino);
  tell("unlink", found.st_ino, whole);
  return result;
}

template <typename Call> int renamed(const char *from, const char *to, Call call) {
  const std::string source = below(AT_FDCWD, from), target = below(AT_FDCWD, to);
  if (source.empty() && target.empty()) return call();
  if (source.empty() || target.empty()) fail("a rename across the root's border");
  const Lock lock(mutex);
  struct stat found;
  const bool wasThere = look(source, found);
  const int result = call();
  if (result == 0 && wasThere) tell("rename", found.st_ino, source + '\0' + target);
  return result;
}

mode_t modeOf(int flags, va_list rest) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; }

} // namespace

extern "C" {

#define OPEN(name)                                                                                                     \
  int name(const char *path, int flags, ...) {                                                                         \
    REAL(name);                                                                                                        \
    va_list rest;                                                                                                      \
    va_start(rest, flags);                                                                                             \
    const mode_t mode = modeOf(flags, rest);                                                                           \
    va_end(rest);                                                                                                      \
    return opened(AT_FDCWD, path, flags, [&] { return next(path, flags, mode); });                                     \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                                   \
  int name(int folder, const char *path, int flags, ...) {                                                             \
    REAL(name);                                                                                                        \
    va_list rest;                                                                                                      \
    va_start(rest, flags);                                                                                             \
    const mode_t mode = modeOf(flags, rest);                                                                           \
    va_end(rest);                                                                                                      \
    return opened(folder, path, flags, [&] { return next(folder, path, flags, mode); });                               \
  }
OPENAT(openat)
OPENAT(openat64)

#define CREAT(name)                                                                                                    \
  int name(const char *path, mode_t mode) {                                                                            \
    REAL(name);                                                                                                        \
    return opened(AT_FDCWD, path, O_CREAT | O_TRUNC, [&] { return next(path, mode); });                                \
  }
CREAT(creat)
CREAT(creat64)

ssize_t write(int descriptor, const void *bytes, size_t length) {
  REAL(write);
  const iovec part{const_cast<void *>(bytes), length};
  return written(descriptor, &part, 1, -1, [&] { return next(descriptor, bytes, length); });
}

ssize_t writev(int descriptor, const iovec *parts, int count) {
  REAL(writev);
  return written(descriptor, parts, count, -1, [&] { return next(descriptor, parts, count); });
}

#define PWRITE(name)                                                                                                   \
  ssize_t name(int descriptor, const void *bytes, size_t length, off_t at) {                                           \
    REAL(name);                                                                                                        \
    const iovec part{const_cast<void *>(bytes), length};                                                               \
    return written(descriptor, &part, 1, at, [&] { return next(descriptor, bytes, length, at); });                     \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(name)                                                                                                  \
  ssize_t name(int descriptor, const iovec *parts, int count, off_t at) {                                              \
    REAL(name);                                                                                                        \
    return written(descriptor, parts, count, at, [&] { return next(descriptor, parts, count, at); });                  \
  }
PWRITEV(pwritev)
PWRITEV(pwritev64)

#define FTRUNCATE(name)                                                                                                \
  int name(int descriptor, off_t size) noexcept {                                                                      \
    REAL(name);                                                                                                        \
    return resized(descriptor, size, [&] { return next(descriptor, size); });                                          \
  }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

int fsync(int descriptor) {
  REAL(fsync);
  return synced(descriptor, [&] { return next(descriptor); });
}

int fdatasync(int descriptor) {
  REAL(fdatasync);
  return synced(descriptor, [&] { return next(descriptor); });
}

int mkdir(const char *path, mode_t mode) noexcept {
  REAL(mkdir);
  return madeFolder(path, [&] { return next(path, mode); });
}

#define REMOVE(name)                                                                                                   \
  int name(const char *path) noexcept {                                                                                \
    REAL(name);                                                                                                        \
    return removed(AT_FDCWD, path, [&] { return next(path); });                                                        \
  }
REMOVE(unlink)
REMOVE(rmdir)
REMOVE(remove)

int unlinkat(int folder, const char *path, int flags) noexcept {
  REAL(unlinkat);
  return removed(folder, path, [&] { return next(folder, path, flags); });
}

int rename(const char *from, const char *to) noexcept {
  REAL(rename);
  return renamed(from, to, [&] { return next(from, to); });
}

// What neither DuckDB nor Node does to a study today. Somebody who sees one of these messages journals the call.

#define MMAP(name)                                                                                                     \
  void *name(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) noexcept {         \
    if (descriptor >= 0 && (flags & MAP_SHARED) && (protection & PROT_WRITE))                                          \
      refuse(descriptor, "a file is mapped for writing");                                                              \
    return reinterpret_cast<void *>(syscall(SYS_mmap, address, length, protection, flags, descriptor, offset));        \
  }
MMAP(mmap)
MMAP(mmap64)

int fallocate(int descriptor, int mode, off_t offset, off_t length) {
  REAL(fallocate);
  refuse(descriptor, "fallocate");
  return next(descriptor, mode, offset, length);
}

int truncate(const char *path, off_t size) noexcept {
  REAL(truncate);
  if (!below(AT_FDCWD, path).empty()) fail("truncate");
  return next(path, size);
}

int link(const char *from, const char *to) noexcept {
  REAL(link);
  if (!below(AT_FDCWD, to).empty()) fail("link");
  return next(from, to);
}

int symlink(const char *from, const char *to) noexcept {
  REAL(symlink);
  if (!below(AT_FDCWD, to).empty()) fail("symlink");
  return next(from, to);
}
}
