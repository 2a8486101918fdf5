/* The least a subscriber can do: takes every message of FILTER at QoS 1 and counts it. Says bench/alarm, with the count, to a
   short one: a breach.
   count PORT FILTER */
#include "mosq.h"

static unsigned long seen;

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
    return hear("bench-count", heard, count, words);
}
