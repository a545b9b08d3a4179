/** The database behind one door: PostgreSQL where an address is set, else a SQLite file. */
@NullMarked
package dev.synthlab.store;

import org.jspecify.annotations.NullMarked;
