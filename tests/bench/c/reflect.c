/* The floor of "publish to alarm": hears every message and publishes "alarm" for those whose residual current is above 30.
   reflect PORT FILTER */
#include "mosq.h"

static const char KEY[] = "\"residual_current\":";

static void heard(struct mosquitto *m, void *obj, const struct mosquitto_message *message)
{
    (void)obj;
    const char *found = memmem(message->payload, (size_t)message->payloadlen, KEY, sizeof KEY - 1);
    if (found && atof(found + sizeof KEY - 1) > 30.0)
        mosquitto_publish(m, NULL, "bench/alarm", message->payloadlen, message->payload, 1, false);
}

int main(int count, char **words)
{
    return hear("bench-reflect", heard, count, words);
}
