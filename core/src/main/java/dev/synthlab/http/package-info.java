/**
 * Bytes out, status, headers and an open body of bytes back. Knows nothing of models, retries or
 * verdicts.
 */
@NullMarked
package dev.synthlab.http;

import org.jspecify.annotations.NullMarked;
