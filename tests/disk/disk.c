/*
 * A disk that can be watched and can fail, for the crash tests: put before a process by LD_PRELOAD,
 * it keeps what each file under DISK_ROOT held at its last sync, and fails when it is told to.
 *
 * DISK_KEPT is a folder:
 *   images/PATH    what the file held when it was last synced ('/' of the path written as '%')
 *   names/PATH     the names in the folder when it was last synced, one a line
 *   full           while it is there, writes fail with ENOSPC
 *   fail-sync      the next sync fails with EIO, and this is removed
 *   struck         a line for each failure
 * DISK_LIES, where it is set: syncs of files that end so are not made, and said to be done.
 * DISK_SLOW, where it is set: each sync takes so many milliseconds longer.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* The path behind a descriptor, where it is under DISK_ROOT. */
static const char *watched(int fd, char *path) {
  const char *root = getenv("DISK_ROOT");
  char link[64];
  int before = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = root && getenv("DISK_KEPT") ? readlink(link, path, PATH_MAX - 1) : -1;
  errno = before;
  if (length < 0) return NULL;
  path[length] = 0;
  return strncmp(path, root, strlen(root)) == 0 ? path : NULL;
}

/* Where something is kept: DISK_KEPT/FOLDER/NAME. */
static char *kept(char *out, const char *folder, const char *name) {
  size_t length = (size_t)snprintf(out, PATH_MAX, "%s/%s", getenv("DISK_KEPT"), folder);
  if (name == NULL) return out;
  out[length++] = '/';
  for (; *name && length < PATH_MAX - 1; name++) out[length++] = *name == '/' ? '%' : *name;
  out[length] = 0;
  return out;
}

static int strikes(const char *fault, int once, const char *path) {
  char name[PATH_MAX];
  int before = errno;
  int there = access(kept(name, fault, NULL), F_OK) == 0;
  if (there && once) there = unlink(name) == 0;
  if (there) {
    FILE *struck = fopen(kept(name, "struck", NULL), "a");
    if (struck) {
      fprintf(struck, "%s %s\n", fault, path);
      fclose(struck);
    }
  }
  errno = before;
  return there;
}

static void keep_file(int fd, const char *path) {
  char own[64], image[PATH_MAX], draft[PATH_MAX + 8];
  snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
  kept(image, "images", path);
  snprintf(draft, sizeof draft, "%s.new", image);
  int from = open(own, O_RDONLY | O_CLOEXEC);
  int to = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (from < 0 || to < 0) abort();
  while (sendfile(to, from, NULL, 1 << 20) > 0) {}
  close(from);
  close(to);
  if (rename(draft, image) != 0) abort();
}

static void keep_names(const char *path) {
  char list[PATH_MAX], draft[PATH_MAX + 8];
  kept(list, "names", path);
  snprintf(draft, sizeof draft, "%s.new", list);
  DIR *folder = opendir(path);
  FILE *out = fopen(draft, "w");
  if (folder == NULL || out == NULL) abort();
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) fprintf(out, "%s\n", entry->d_name);
  closedir(folder);
  fclose(out);
  if (rename(draft, list) != 0) abort();
}

static int ends_with(const char *path, const char *end) {
  size_t length = strlen(path), tail = strlen(end);
  return length >= tail && strcmp(path + length - tail, end) == 0;
}

static int synced(int fd, int (*really)(int)) {
  char path[PATH_MAX];
  const char *lies = getenv("DISK_LIES");
  if (watched(fd, path) == NULL) return really(fd);
  if (strikes("fail-sync", 1, path)) {
    errno = EIO;
    return -1;
  }
  if (lies && ends_with(path, lies)) return 0;
  if (getenv("DISK_SLOW")) usleep((useconds_t)atoi(getenv("DISK_SLOW")) * 1000);
  int done = really(fd);
  if (done == 0) {
    struct stat about;
    if (fstat(fd, &about) != 0) abort();
    if (S_ISDIR(about.st_mode)) keep_names(path);
    else keep_file(fd, path);
  }
  return done;
}

int fsync(int fd) { return synced(fd, REAL(fsync)); }

int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

static int full(int fd) {
  char path[PATH_MAX];
  if (watched(fd, path) == NULL || !strikes("full", 0, path)) return 0;
  errno = ENOSPC;
  return 1;
}

ssize_t write(int fd, const void *bytes, size_t count) {
  return full(fd) ? -1 : REAL(write)(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  return full(fd) ? -1 : REAL(pwrite)(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  return full(fd) ? -1 : REAL(pwrite64)(fd, bytes, count, at);
}
