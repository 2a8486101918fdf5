/* What the little C programs use of libmosquitto 2, declared here so that its headers need not be installed; and what is the same
   in all of them: PORT FILTER, say bench/ready, hear for ever. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mosquitto;
struct mosquitto_message {
    int mid;
    char *topic;
    void *payload;
    int payloadlen;
    int qos;
    bool retain;
};
enum { PROTOCOL_TCP_NODELAY = 11 };

int mosquitto_lib_init(void);
struct mosquitto *mosquitto_new(const char *id, bool clean, void *obj);
void mosquitto_connect_callback_set(struct mosquitto *, void (*)(struct mosquitto *, void *, int));
void mosquitto_message_callback_set(struct mosquitto *, void (*)(struct mosquitto *, void *, const struct mosquitto_message *));
int mosquitto_int_option(struct mosquitto *, int option, int value);
int mosquitto_connect(struct mosquitto *, const char *host, int port, int keepalive);
int mosquitto_subscribe(struct mosquitto *, int *mid, const char *filter, int qos);
int mosquitto_publish(struct mosquitto *, int *mid, const char *topic, int length, const void *payload, int qos, bool retain);
int mosquitto_loop_forever(struct mosquitto *, int timeout, int max_packets);

static const char *filter;

static void connected(struct mosquitto *m, void *obj, int rc)
{
    (void)obj;
    if (rc == 0) {
        mosquitto_subscribe(m, NULL, filter, 1);
        mosquitto_publish(m, NULL, "bench/ready", 1, "1", 0, true);
    }
}

static int hear(const char *name, void (*heard)(struct mosquitto *, void *, const struct mosquitto_message *), int count, char **words)
{
    if (count != 3)
        return 2;
    filter = words[2];
    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new(name, true, NULL);
    mosquitto_connect_callback_set(m, connected);
    mosquitto_message_callback_set(m, heard);
    mosquitto_int_option(m, PROTOCOL_TCP_NODELAY, 1);
    if (mosquitto_connect(m, "127.0.0.1", atoi(words[1]), 60))
        return 1;
    return mosquitto_loop_forever(m, -1, 1);
}
