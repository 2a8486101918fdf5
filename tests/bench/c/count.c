/* The least a subscriber can do: takes every message of FILTER at QoS 1 and counts it. Says bench/alarm, with the count, to a
   short one: the breach behind a stream.
   count PORT FILTER */
#include "mosq.h"

static unsigned long seen;
static const char *filter;

static void connected(struct mosquitto *m, void *obj, int rc)
{
    (void)obj;
    if (rc == 0) {
        mosquitto_subscribe(m, NULL, filter, 1);
        mosquitto_publish(m, NULL, "bench/ready", 1, "1", 0, true);
    }
}

static void heard(struct mosquitto *m, void *obj, const struct mosquitto_message *message)
{
    (void)obj;
    seen++;
    if (message->payloadlen < 64) {
        char text[32];
        int length = snprintf(text, sizeof text, "%lu", seen);
        mosquitto_publish(m, NULL, "bench/alarm", length, text, 0, false);
    }
}

int main(int count, char **words)
{
    if (count != 3)
        return 2;
    filter = words[2];
    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new("bench-count", true, NULL);
    mosquitto_connect_callback_set(m, connected);
    mosquitto_message_callback_set(m, heard);
    mosquitto_int_option(m, PROTOCOL_TCP_NODELAY, 1);
    if (mosquitto_connect(m, "127.0.0.1", atoi(words[1]), 60))
        return 1;
    return mosquitto_loop_forever(m, -1, 1);
}
