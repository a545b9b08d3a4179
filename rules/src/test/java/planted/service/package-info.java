/** What the planted service does. */
package planted.service;
