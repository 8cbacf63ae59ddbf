/* A model that answers every request at once, over HTTP/1.1 with keep-alive, from one thread.
 *
 *   model PORT   0 for any; prints the port it has
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM (1 << 20)

struct client {
  int socket;
  size_t length;
  char *bytes;
};

static char answer[4096];
static size_t answer_length;

static void make_answer(void) {
  const char *memory = "{\\\"title\\\": \\\"A queue with leases\\\", \\\"summary\\\": \\\"The queue hands out leases and takes "
                       "them back when a worker dies.\\\", \\\"decisions\\\": [\\\"Leases run out after a minute\\\"], "
                       "\\\"files\\\": [\\\"/src/queue.swift\\\"], \\\"commands\\\": [\\\"swift test\\\"], "
                       "\\\"open_questions\\\": [], \\\"entities\\\": [{\\\"name\\\": \\\"Redis\\\", \\\"kind\\\": "
                       "\\\"service\\\"}], \\\"relations\\\": []}";
  char body[3072];
  int length = snprintf(body, sizeof body,
                        "{\"id\":\"1\",\"object\":\"chat.completion\",\"model\":\"m\",\"choices\":[{\"index\":0,"
                        "\"message\":{\"role\":\"assistant\",\"content\":\"%s\"},\"finish_reason\":\"stop\"}],"
                        "\"usage\":{\"prompt_tokens\":5000,\"completion_tokens\":100,\"total_tokens\":5100}}",
                        memory);
  answer_length = (size_t)snprintf(answer, sizeof answer,
                                   "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s", length,
                                   body);
}

/* Bytes of the first request, or 0 while it is not whole. */
static size_t request_length(const char *bytes, size_t length) {
  const char *end = memmem(bytes, length, "\r\n\r\n", 4);
  if (!end) return 0;
  size_t body = 0;
  for (const char *line = bytes; line < end; line = (const char *)memmem(line, end + 2 - line, "\r\n", 2) + 2)
    if (!strncasecmp(line, "content-length:", 15)) body = strtoul(line + 15, NULL, 10);
  size_t whole = (size_t)(end + 4 - bytes) + body;
  return whole <= length ? whole : 0;
}

static void serve(struct client *client) {
  ssize_t count = read(client->socket, client->bytes + client->length, ROOM - client->length);
  if (count <= 0) {
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    close(client->socket);
    free(client->bytes);
    free(client);
    return;
  }
  client->length += (size_t)count;
  size_t whole;
  while ((whole = request_length(client->bytes, client->length)) > 0) {
    if (write(client->socket, answer, answer_length) < 0) return;
    client->length -= whole;
    memmove(client->bytes, client->bytes + whole, client->length);
  }
}

int main(int count, char **arguments) {
  if (count < 2) return fprintf(stderr, "usage: model PORT\n"), 2;
  make_answer();
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[1]))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 1024)) return perror("model"), 1;
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  int poll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    struct epoll_event events[64];
    int ready = epoll_wait(poll, events, 64, -1);
    for (int index = 0; index < ready; index++) {
      if (events[index].data.ptr) {
        serve(events[index].data.ptr);
        continue;
      }
      int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (accepted < 0) continue;
      setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      struct client *client = calloc(1, sizeof *client);
      client->socket = accepted;
      client->bytes = malloc(ROOM);
      event = (struct epoll_event){.events = EPOLLIN, .data.ptr = client};
      epoll_ctl(poll, EPOLL_CTL_ADD, accepted, &event);
    }
  }
}
