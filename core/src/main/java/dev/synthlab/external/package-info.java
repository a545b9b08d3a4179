/** Clients of HTTP services other than language models: one base class, one call loop. */
@NullMarked
package dev.synthlab.external;

import org.jspecify.annotations.NullMarked;
