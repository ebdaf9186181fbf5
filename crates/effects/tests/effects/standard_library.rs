//! What clew's own annotations say of Python's builtins and standard library.

use expect_test::expect;

use crate::support::check_library;

#[test]
fn builtin_functions() {
    check_library(
        "
        builtins:len(_)
        builtins:print(_)
        builtins:print(_, file=obj)
        builtins:sorted(_)
        builtins:next(_)
        builtins:setattr(_, 'v', _)
        builtins:open('a.csv')
        builtins:open('a.csv', 'w')
        builtins:open('a.csv', mode='r+')
        builtins:open('a.csv', _)
        builtins:exec(_)
        new builtins:list(_)
        new builtins:zip(_, _)
        new builtins:ValueError, builtins:BaseException(_)
        ",
        expect![[r#"
            builtins:len(_)
                pure
            builtins:print(_)
                writes standard_streams
            builtins:print(_, file=obj)
                mutates file= shallow; writes file_system[file=]; reads cwd (varies)
            builtins:sorted(_)
                consumes 0
            builtins:next(_)
                consumes 0; views result, *
            builtins:setattr(_, 'v', _)
                mutates 0 shallow; views 0, 2
            builtins:open('a.csv')
                reads file_system[0]; reads cwd
            builtins:open('a.csv', 'w')
                writes file_system[0]; result handles file_system[0]; reads cwd (varies)
            builtins:open('a.csv', mode='r+')
                reads file_system[0]; writes file_system[0]; result handles file_system[0]; reads cwd (varies)
            builtins:open('a.csv', _)
                reads file_system[0]; writes file_system[0]; result handles file_system[0]; reads cwd (varies)
            builtins:exec(_)
                no rule
            new builtins:list(_)
                consumes 0
            new builtins:zip(_, _)
                views result, **
            new builtins:ValueError, builtins:BaseException(_)
                views result, **
        "#]],
    );
}

#[test]
fn lists_dicts_sets_and_what_never_changes() {
    check_library(
        "
        builtins:list.append(_)
        builtins:list.pop()
        builtins:list.index(_)
        builtins:list.__setitem__(_, _)
        builtins:list.__iadd__(_)
        builtins:dict.get(_)
        builtins:dict.setdefault(_, _)
        builtins:dict.items()
        builtins:set.update(_)
        builtins:set.union(_)
        builtins:bytearray.extend(_)
        builtins:str.join(_)
        builtins:str.upper()
        builtins:tuple.count(_)
        builtins:int.to_bytes(_)
        collections:deque.appendleft(_)
        collections:defaultdict, builtins:dict.__getitem__(_)
        collections:OrderedDict, builtins:dict.move_to_end(_)
        collections:Counter, builtins:dict.subtract(_)
        ",
        expect![[r#"
            builtins:list.append(_)
                mutates self shallow; views self, *
            builtins:list.pop()
                mutates self shallow; views result, self
            builtins:list.index(_)
                pure
            builtins:list.__setitem__(_, _)
                mutates self shallow; consumes 1; views self, 1
            builtins:list.__iadd__(_)
                mutates self shallow; consumes 0; views result, self
            builtins:dict.get(_)
                views result, self
            builtins:dict.setdefault(_, _)
                mutates self shallow; views result, self, 1
            builtins:dict.items()
                views result, self
            builtins:set.update(_)
                mutates self shallow; consumes *
            builtins:set.union(_)
                consumes *
            builtins:bytearray.extend(_)
                mutates self shallow; consumes *
            builtins:str.join(_)
                consumes 0
            builtins:str.upper()
                pure
            builtins:tuple.count(_)
                pure
            builtins:int.to_bytes(_)
                pure
            collections:deque.appendleft(_)
                mutates self shallow; views self, *
            collections:defaultdict, builtins:dict.__getitem__(_)
                mutates self shallow; views result, self
            collections:OrderedDict, builtins:dict.move_to_end(_)
                mutates self shallow
            collections:Counter, builtins:dict.subtract(_)
                mutates self shallow; consumes 0
        "#]],
    );
}

#[test]
fn files_and_folders() {
    check_library(
        "
        os:makedirs('out')
        os:getenv('HOME')
        os:chdir('out')
        os.path:exists('a')
        os.path:join('a', 'b')
        os:_Environ.__setitem__('A', 'b')
        pathlib:Path.write_text('a')
        pathlib:Path.read_text()
        pathlib:Path.with_suffix('.csv')
        pathlib:Path.open('w')
        shutil:copy('a', 'b')
        io:TextIOWrapper.write('a')
        io:TextIOWrapper.read()
        io:StringIO.write('a')
        io:StringIO.getvalue()
        json:dump(_, _)
        json:loads(_)
        pickle:load(_)
        csv:writer(_)
        _csv:Writer.writerow(_)
        tempfile:NamedTemporaryFile()
        new zipfile:ZipFile('a.zip', 'w')
        sqlite3:connect('a.db')
        sqlite3:Connection.execute('SELECT 1')
        sqlite3:Connection.execute('insert into t values (1)')
        ",
        expect![[r#"
            os:makedirs('out')
                writes file_system[0]; reads cwd
            os:getenv('HOME')
                reads environment[0]
            os:chdir('out')
                reads cwd; reads file_system[0]; writes cwd
            os.path:exists('a')
                reads file_system[0]; reads cwd
            os.path:join('a', 'b')
                pure
            os:_Environ.__setitem__('A', 'b')
                mutates self shallow; reads environment[0]; writes environment[0]
            pathlib:Path.write_text('a')
                writes file_system[self]; reads cwd
            pathlib:Path.read_text()
                reads file_system[self]; reads cwd
            pathlib:Path.with_suffix('.csv')
                pure
            pathlib:Path.open('w')
                writes file_system[self]; result handles file_system[self]; reads file_system[self]; reads cwd (varies)
            shutil:copy('a', 'b')
                reads file_system[0]; writes file_system[1]; reads cwd
            io:TextIOWrapper.write('a')
                mutates self shallow; consumes 0; writes file_system[self]; reads cwd
            io:TextIOWrapper.read()
                consumes self; reads file_system[self]; reads cwd
            io:StringIO.write('a')
                mutates self shallow; consumes 0
            io:StringIO.getvalue()
                pure
            json:dump(_, _)
                mutates 1 shallow; writes file_system[1]; reads cwd
            json:loads(_)
                pure
            pickle:load(_)
                consumes 0; reads file_system[0]; reads cwd
            csv:writer(_)
                views result, 0
            _csv:Writer.writerow(_)
                mutates self; consumes 0
            tempfile:NamedTemporaryFile()
                writes file_system[result]; result handles file_system[result]; reads cwd
            new zipfile:ZipFile('a.zip', 'w')
                reads file_system[0]; writes file_system[0]; result handles file_system[0]; views result, 0; reads cwd (varies)
            sqlite3:connect('a.db')
                reads db[0]; writes db[0]; result handles db[0]
            sqlite3:Connection.execute('SELECT 1')
                consumes self; reads db[self]; views result, self (varies)
            sqlite3:Connection.execute('insert into t values (1)')
                consumes self; reads db[self]; views result, self; mutates self shallow; writes db[self] (varies)
        "#]],
    );
}

#[test]
fn chance_and_time() {
    check_library(
        "
        random:seed(0)
        random:random()
        random:shuffle(_)
        random:Random.random()
        time:time()
        datetime:datetime.now()
        datetime:datetime.strftime('%Y')
        uuid:uuid4()
        ",
        expect![[r#"
            random:seed(0)
                writes random
            random:random()
                reads random; writes random
            random:shuffle(_)
                mutates 0 shallow; reads random; writes random
            random:Random.random()
                mutates self shallow
            time:time()
                reads time
            datetime:datetime.now()
                reads time
            datetime:datetime.strftime('%Y')
                pure
            uuid:uuid4()
                reads time
        "#]],
    );
}

#[test]
fn the_rest_of_the_standard_library() {
    check_library(
        "
        math:sqrt(_)
        math:fsum(_)
        statistics:mean(_)
        copy:deepcopy(_)
        new itertools:chain(_, _)
        itertools:chain.__next__()
        functools:reduce(_, _)
        heapq:heappush(_, _)
        bisect:insort(_, _)
        re:sub(_, _, _)
        logging:getLogger('a')
        logging:Logger.info(_)
        warnings:filterwarnings('ignore')
        subprocess:run(_)
        urllib.request:urlopen(_)
        threading:Thread.start()
        ",
        expect![[r#"
            math:sqrt(_)
                pure
            math:fsum(_)
                consumes **
            statistics:mean(_)
                consumes **
            copy:deepcopy(_)
                reads module:copyreg
            new itertools:chain(_, _)
                views result, **
            itertools:chain.__next__()
                consumes self; views result, self
            functools:reduce(_, _)
                consumes 1; views result, **
            heapq:heappush(_, _)
                mutates 0 shallow; views *
            bisect:insort(_, _)
                mutates 0 shallow; views 0, 1
            re:sub(_, _, _)
                pure
            logging:getLogger('a')
                reads logging; result handles logging
            logging:Logger.info(_)
                reads logging; writes standard_streams
            warnings:filterwarnings('ignore')
                reads warnings; writes warnings
            subprocess:run(_)
                reads process; reads file_system; writes process; writes file_system; writes standard_streams; reads environment; views result, 0; reads cwd
            urllib.request:urlopen(_)
                reads network[0]; writes network[0]; reads file_system; mutates 0 shallow; reads cwd
            threading:Thread.start()
                mutates self; reads process; writes process
        "#]],
    );
}
