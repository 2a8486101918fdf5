/* What the little C programs use of libmosquitto 2, declared here so that its headers need not be installed. */
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
