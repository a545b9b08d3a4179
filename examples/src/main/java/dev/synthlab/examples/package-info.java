/** Small programs, one for each feature of the client, and a service that uses them all. */
@NullMarked
package dev.synthlab.examples;

import org.jspecify.annotations.NullMarked;
