"""The judge's stand-in for an object that stays in the tested program."""


class Remote:
    """Every operation asks the program. It equals no plain value, whatever the program's object says."""

    __slots__ = ('_judge', '_number')

    def __init__(self, judge, number):
        object.__setattr__(self, '_judge', judge)
        object.__setattr__(self, '_number', number)

    def __call__(self, *args, **kwargs):
        return self._judge.call(self._number, args, kwargs)

    def _operate(self, name, *rest):
        return self._judge.operate(name, self._number, *rest)

    def __getattr__(self, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return self._operate('getattr', name)

    def __setattr__(self, name, value):
        self._operate('setattr', name, value)

    def __iter__(self):
        return self._operate('iter')

    def __next__(self):
        return self._operate('next')

    def __len__(self):
        return self._operate('len')

    def __bool__(self):
        return self._operate('bool')

    def __repr__(self):
        return self._operate('repr')

    def __str__(self):
        return self._operate('str')

    def __getitem__(self, key):
        return self._operate('getitem', key)

    def __setitem__(self, key, value):
        self._operate('setitem', key, value)

    def __instancecheck__(self, value):
        return self._operate('isinstance', value)

    def __eq__(self, other):
        if self is other:
            return True
        return self._operate('eq', other) if isinstance(other, Remote) else NotImplemented

    def __hash__(self):
        return hash(self._number)
