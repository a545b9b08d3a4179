/** Tests of the checklist over a planted and a repaired service. */
@NullMarked
package dev.synthlab.rules;

import org.jspecify.annotations.NullMarked;
