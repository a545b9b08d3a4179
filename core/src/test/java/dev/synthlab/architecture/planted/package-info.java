/** Classes that break the rules, each one of them, so that the rules are seen to fail. */
@NullMarked
package dev.synthlab.architecture.planted;

import org.jspecify.annotations.NullMarked;
