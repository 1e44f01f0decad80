"""A GGUF file with its weights in float32: python widen_gguf.py MODEL.gguf WIDE.gguf

The floats are those that ggml's reference makes of the blocks, so another engine computes with the very numbers that
`rollproof policy import` makes a policy of. Metadata stay as they are.
"""

import sys

from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, LlamaFileType
from gguf.quants import dequantize

source, target = sys.argv[1:]
reader = GGUFReader(source)
writer = GGUFWriter(target, arch=reader.fields["general.architecture"].contents())
for name, field in reader.fields.items():
    # The writer gives these itself.
    if name.startswith("GGUF.") or name in ("general.architecture", "general.file_type"):
        continue
    kind, *inner = field.types
    if kind == GGUFValueType.ARRAY:
        writer.add_key_value(name, field.contents(), kind, sub_type=inner[-1])
    else:
        writer.add_key_value(name, field.contents(), kind)
writer.add_file_type(LlamaFileType.ALL_F32)
for tensor in reader.tensors:
    floats = dequantize(tensor.data, tensor.tensor_type)
    writer.add_tensor(tensor.name, floats, raw_dtype=GGMLQuantizationType.F32)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
