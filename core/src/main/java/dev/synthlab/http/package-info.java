/** The HTTP transport: requests, responses, proxies, TLS and DNS. It knows no models or retries. */
@NullMarked
package dev.synthlab.http;

import org.jspecify.annotations.NullMarked;
