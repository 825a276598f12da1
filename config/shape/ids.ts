/** Names and codes in a site file: what they may consist of. */

import { z } from "zod";

export const idPattern: RegExp = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;
export const topicPattern: RegExp = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const casPattern: RegExp = /^\d{2,7}-\d{2}-\d$/;

/** A name given in the file itself, as plants write tags: letters of any script. */
export const id = z.string().regex(idPattern);

/** Site and box names become MQTT topic levels: ASCII only, no wildcard. */
export const topicLevel = z.string().regex(topicPattern);

export const cas = z.string().regex(casPattern);
