/** The database of the service, the ledger and the completion cache, on PostgreSQL or SQLite. */
@NullMarked
package dev.synthlab.store;

import org.jspecify.annotations.NullMarked;
