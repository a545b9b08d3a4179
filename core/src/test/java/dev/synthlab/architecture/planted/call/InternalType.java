package dev.synthlab.architecture.planted.call;

import dev.synthlab.Internal;

@Internal
interface InternalType {}
