/** The call loop: rate limits, retries, circuit breakers, budgets, and the reports of calls. */
@NullMarked
package dev.synthlab.call;

import org.jspecify.annotations.NullMarked;
