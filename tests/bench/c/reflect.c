/* The floor of "publish to alarm": hears every message and publishes "alarm" for those whose residual current is above 30.
   reflect PORT FILTER */
#include "mosq.h"

static const char *filter;
static const char KEY[] = "\"residual_current\":";

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
    const char *found = memmem(message->payload, (size_t)message->payloadlen, KEY, sizeof KEY - 1);
    if (found && atof(found + sizeof KEY - 1) > 30.0)
        mosquitto_publish(m, NULL, "bench/alarm", message->payloadlen, message->payload, 1, false);
}

int main(int count, char **words)
{
    if (count != 3)
        return 2;
    filter = words[2];
    mosquitto_lib_init();
    struct mosquitto *m = mosquitto_new("bench-reflect", true, NULL);
    mosquitto_connect_callback_set(m, connected);
    mosquitto_message_callback_set(m, heard);
    mosquitto_int_option(m, PROTOCOL_TCP_NODELAY, 1);
    if (mosquitto_connect(m, "127.0.0.1", atoi(words[1]), 60))
        return 1;
    return mosquitto_loop_forever(m, -1, 1);
}
