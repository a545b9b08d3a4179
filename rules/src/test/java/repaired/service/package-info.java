/** What the repaired service does. */
package repaired.service;
