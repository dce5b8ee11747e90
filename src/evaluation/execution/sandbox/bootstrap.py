import json
import sys
import types

# Nothing of the host's file system is needed: the modules come as text.
sys.path.pop(0)
for name, source in json.loads(sys.argv.pop()):
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(source, name + '.py', 'exec'), module.__dict__)
sys.modules['server'].main()
